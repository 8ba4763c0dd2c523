#pragma once
#include <optional>
#include <string>

namespace vpcp {

/// Both texts as `diff -u` compares them, with three lines around each change; "" when they are the same.
/// nullopt: there is no such file.
std::string unified_diff(const std::string& name, const std::optional<std::string>& before,
                         const std::optional<std::string>& after);

}  // namespace vpcp
