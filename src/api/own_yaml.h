#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace vpcp {

/// Reads YAML in the form in which to_yaml writes it (block maps and lists, maps of one line, plain and
/// double quoted scalars), many times as fast as a whole parser: a program that shows a thousand statuses
/// reads a thousand. nullopt for anything else, which a whole parser must look at.
std::optional<nlohmann::json> parse_own_yaml(std::string_view text);

}  // namespace vpcp
