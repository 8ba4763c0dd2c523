#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/api/host.h"

namespace vpcp {

/// vpcp-read-files PATH…: prints the regular files among them, of at most 64 KiB each. Changes nothing.
Command read_files_command(const std::vector<std::string>& paths);

/// Its answer, by path, with each key of WireGuard replaced by its fingerprint: what is returned may be
/// shown.
std::map<std::string, std::string> parse_read_files(std::string_view answer);

/// The text with all that has the form of a key of WireGuard, but public keys, replaced by fingerprints:
/// "(key 5f2a91c0)".
std::string without_keys(std::string_view text);
/// What stands there for that key.
std::string shown_key(std::string_view key);

}  // namespace vpcp
