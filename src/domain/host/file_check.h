#pragma once
#include <optional>
#include <string>

#include "domain/host/commands.h"
#include "domain/host/host_facts.h"

namespace vpcp {

/// What differs about a file on the host, for people; nullopt when nothing does.
std::optional<std::string> file_difference(const HostFile& wanted, const HostFacts& facts);

}  // namespace vpcp
