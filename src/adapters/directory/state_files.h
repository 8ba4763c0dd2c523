#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/directory/files.h"
#include "adapters/directory/sealed_box.h"
#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/result.h"
#include "vpcp/ports/resource_store.h"

/// What is read in a state directory. Nothing here needs its lock: every file is replaced whole.
namespace vpcp::directory {

/// An object as the store keeps it.
struct Record {
  VpcPeering object;  ///< With the last good spec.
  std::string file;   ///< Name of the manifest that declared it last.
  friend bool operator==(const Record&, const Record&) = default;
};
using Records = std::map<ObjectKey, Record>;

inline constexpr const char* kObjects = "objects";
inline constexpr const char* kStatuses = "status";
inline constexpr const char* kSecrets = "secrets";
inline constexpr const char* kRequests = "requests";
/// What says how the files are laid out, and its text now.
inline constexpr const char* kFormat = "format";
inline constexpr std::string_view kFormatNow = "1\n";

/// Denied "StateOfNewerVersion".
Status check_format(const std::filesystem::path& root);

std::string file_name(const ObjectKey& key, const char* extension);
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& directory);
Error unreadable(const std::filesystem::path& path, const std::string& why);
/// Everything below the directory belongs to the controller's user. Denied "StateNotReadable".
Error not_permitted(const std::filesystem::path& path, const char* doing);
/// As read_file. Errors: Denied "StateNotReadable" when this user may not read it.
Result<std::optional<FileText>> read_state_file(const std::filesystem::path& path, std::size_t limit);

/// What a damaged status file is. It is rebuilt by looking, so it is no reason to stop.
enum class BadStatus {
  IsNone,  ///< For the controller.
  IsTold,  ///< For who shows it: Ready is Unknown, "StateUnreadable", and the rest goes on.
};
/// One object with its status; nullopt: there is none. Errors: Denied "StateNotReadable", "StateUnreadable"
/// (of the object itself).
Result<std::optional<Record>> read_one(const std::filesystem::path& root, const ObjectKey& key,
                                       BadStatus bad_status);
/// All objects with their statuses.
Result<Records> read_records(const std::filesystem::path& root, BadStatus bad_status);

struct SealedFile {
  std::string owner;
  std::string box;
};
Result<std::optional<SealedFile>> read_sealed(const std::filesystem::path& path);
/// What a sealed Secret is bound to: its place and its owner.
std::string sealed_name(const ObjectKey& key, const std::string& owner);
Result<std::optional<SecretData>> read_secret(const std::filesystem::path& root, const SealedBox& box,
                                              const ObjectKey& key);

/// What an operator's program asks of a running controller, kept as requests/NS.NAME.json.
struct OperatorRequest {
  bool suspend{false};
  std::string reconcile_at;
  [[nodiscard]] bool empty() const { return !suspend && reconcile_at.empty(); }
  friend bool operator==(const OperatorRequest&, const OperatorRequest&) = default;
};
/// A file that cannot be read is no request.
OperatorRequest read_request(const std::filesystem::path& root, const ObjectKey& key);
Status write_request(const std::filesystem::path& root, const ObjectKey& key, const OperatorRequest& request);

}  // namespace vpcp::directory
