#pragma once
#include <optional>
#include <string>

#include "domain/host/commands.h"
#include "domain/host/host_facts.h"

namespace vpcp {

/// All of a file but its content.
struct FileOutline {
  const char* path;
  const char* mode;
  std::string sha256;
};

/// What differs about a file on the host, for people; nullopt when nothing does.
std::optional<std::string> file_difference(const FileOutline& wanted, const HostFacts& facts);
std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts);

}  // namespace vpcp
