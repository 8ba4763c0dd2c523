#include "domain/host/file_check.h"

namespace vpcp {

std::optional<std::string> file_difference(const FileOutline& wanted, const HostFacts& facts) {
  const auto found = facts.files.find(wanted.path);
  if (found == facts.files.end()) return std::string(wanted.path) + " is missing";
  if (found->second.sha256 != wanted.sha256) return std::string(wanted.path) + " has other content";
  if (found->second.mode != wanted.mode || found->second.owner != "0:0") {
    return std::string(wanted.path) + " has other permissions";
  }
  return std::nullopt;
}

std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts) {
  return file_difference(FileOutline{wanted.path, wanted.mode, wanted.sha256}, facts);
}

}  // namespace vpcp
