#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vpcp::testing {

/// A file of the tree, by its path under the project: "src/domain/keys.cpp", "include/vpcp/base/ip.h".
struct SourceFile {
  std::string path;
  std::string text;
};

/// Which folder may include which (docs/ARCHITECTURE.md has the reasons). Every broken rule is one line that
/// names file, include and rule.
std::vector<std::string> include_violations(const std::vector<SourceFile>& files);

/// Files of more than `limit` lines.
std::vector<std::string> length_violations(const std::vector<SourceFile>& files, std::size_t limit);

}  // namespace vpcp::testing
