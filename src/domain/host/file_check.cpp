#include "domain/host/file_check.h"

namespace vpcp {

std::optional<std::string> file_difference(const FileOutline& wanted, const HostFacts& facts) {
  const std::string path = wanted.path;
  const auto found = facts.files.find(path);
  if (found == facts.files.end()) return path + " is missing";
  if (found->second.sha256 != wanted.sha256) return path + " has other content";
  if (found->second.mode != wanted.mode || found->second.owner != "0:0") {
    return path + " has other permissions";
  }
  return std::nullopt;
}

std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts) {
  return file_difference(FileOutline{wanted.path.c_str(), wanted.mode.c_str(), wanted.sha256}, facts);
}

}  // namespace vpcp
