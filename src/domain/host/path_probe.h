#pragma once
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "vpcp/api/host.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"

namespace vpcp {

/// vpcp-path SECONDS ADDRESS=whole ADDRESS=SIZE…: pings of these sizes of IP packets and of the whole MTU of
/// wg0, all at once, not to be fragmented, `limit` for an answer. A size has crossed when one of ten comes
/// back.
Command path_command(const std::map<Ipv4, std::vector<int>>& sizes, milliseconds limit);
struct PathReport {
  int mtu{0};  ///< Of wg0.
  std::map<Ipv4, std::set<int>> crossed;
  friend bool operator==(const PathReport&, const PathReport&) = default;
};
/// What it printed: "mtu=MTU", then "ADDRESS=SIZE" of what crossed, a line each; other lines are skipped.
/// nullopt without an MTU: then there is no wg0.
std::optional<PathReport> parse_path_report(std::string_view text);

}  // namespace vpcp
