#pragma once
#include <string_view>
#include <vector>

namespace vpcp::web {

/// A file of page/, compiled in.
struct Asset {
  std::string_view name;  ///< "index.html"
  std::string_view bytes;
};

const std::vector<Asset>& assets();

}  // namespace vpcp::web
