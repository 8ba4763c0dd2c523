#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "domain/host/commands.h"
#include "domain/host/host_facts.h"

namespace vpcp {

/// All of a file but its content. Refers to it.
struct FileOutline {
  std::string_view path;
  std::string_view mode;
  std::string_view sha256;
};

/// What differs about a file on the host, for people; nullopt when nothing does.
std::optional<std::string> file_difference(const FileOutline& wanted, const HostFacts& facts);
std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts);

}  // namespace vpcp
