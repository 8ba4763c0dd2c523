#pragma once

/// The texts of the scripts that commands.h names, for a POSIX sh (dash). Internal to this folder.
namespace vpcp::scripts {

extern const char* const kWhyNot;
extern const char* const kWriteFile;
extern const char* const kWriteNetplan;
extern const char* const kArmUndo;
extern const char* const kUfwAllow;
extern const char* const kSyncTunnel;
extern const char* const kRestartTunnel;
extern const char* const kUnmaskUnit;
extern const char* const kDeleteAddress;
extern const char* const kDeleteRoute;
extern const char* const kDropRoutes;
extern const char* const kConfirm;
extern const char* const kKeepRoutes;
extern const char* const kReturnRoutes;
extern const char* const kKeepFiles;
extern const char* const kRestoreFiles;
extern const char* const kClaim;
extern const char* const kForget;
extern const char* const kStartBootstrap;
extern const char* const kBootstrap;
extern const char* const kReboot;
extern const char* const kMakeHostKey;
extern const char* const kActivateHostKey;
extern const char* const kLook;
extern const char* const kProbe;
extern const char* const kPath;
extern const char* const kWatch;

}  // namespace vpcp::scripts
