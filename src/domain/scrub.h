#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// Text from a host, safe to show: control characters become spaces, only the last `limit` bytes stay, and
/// "[key]" stands for
///  * anything that looks like a key: 32 bytes or more as base64 or base64url, a key of Vultr's API, a JSON
///  Web
///    Token, a PEM block;
///  * what is said to be secret: "apiKey=…", "Authorization: Bearer …", "//user:…@host".
/// A safety net, and no parser: what is secret has a type, and does not come here.
std::string scrub(std::string_view text, std::size_t limit = 300);

/// The text without its PEM blocks, which go over several lines: the last one of a block can be too short to
/// look like a key. For what is scrubbed line by line. A string of JSON keeps its end.
std::string without_pem(std::string_view text);

}  // namespace vpcp
