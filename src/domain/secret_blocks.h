#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// Without PEM blocks, which go over several lines: the last one of a block can be too short to look like a
/// key. A string of JSON keeps its end. Also of blocks each line of which stands in a string of its own.
std::string without_pem(std::string_view text);

/// Without what stands below the name of something secret: a block or a list of YAML, a list of JSON. Lines
/// may have something before them, such as the time and the program of a journal's.
std::string without_yaml_blocks(std::string_view text);

}  // namespace vpcp
