#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace vpcp {

/// The value as YAML for people: blocks, but small maps of scalars on one line. It reads back as the same
/// value: a text that would read as something else is quoted.
std::string to_yaml(const nlohmann::ordered_json& value);

}  // namespace vpcp
