#include "domain/host/file_check.h"

namespace vpcp {

std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts) {
  const auto found = facts.files.find(wanted.path);
  if (found == facts.files.end()) return wanted.path + " is missing";
  if (found->second.sha256 != wanted.sha256) return wanted.path + " has other content";
  if (found->second.mode != wanted.mode || found->second.owner != "0:0") {
    return wanted.path + " has other permissions";
  }
  return std::nullopt;
}

}  // namespace vpcp
