#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// Text from a host, safe to show: anything that looks like a key (32 bytes or more as base64, a PEM block)
/// becomes "[key]", control characters become spaces, and only the last `limit` bytes stay.
std::string scrub(std::string_view text, std::size_t limit = 300);

}  // namespace vpcp
