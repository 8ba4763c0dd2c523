#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// Text from a host, safe to show: control characters become spaces, only the last `limit` bytes stay, and
/// "[key]" stands for
///  * anything that looks like a key: 32 bytes or more as base64 or base64url, a key of Vultr's API, a JSON
///    Web Token, a PEM block;
///  * what is said to be secret: "apiKey=…", "clientSecret":"…", "Authorization: Bearer …", "//user:…@host".
/// A safety net, and no parser: what is secret has a type, and does not come here.
std::string scrub(std::string_view text, std::size_t limit = 300);

/// The same line by line, each within the limit, and without what goes over several lines: PEM blocks, blocks
/// and lists of YAML and JSON. A line of JSON stays JSON.
std::string scrub_lines(std::string_view text, std::size_t limit);

}  // namespace vpcp
