#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// Text from a host, safe to show: anything that looks like a key (32 bytes or more as base64, a PEM block)
/// becomes "[key]", control characters become spaces, and only the last `limit` bytes stay.
std::string scrub(std::string_view text, std::size_t limit = 300);

/// The text without its PEM blocks, which go over several lines: the last one of a block can be too short to
/// look like a key. For what is scrubbed line by line.
std::string without_pem(std::string_view text);

}  // namespace vpcp
