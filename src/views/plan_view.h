#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/plan/forecast.h"
#include "views/text.h"
#include "vpcp/api/write.h"

namespace vpcp {

/// What a plan is told from.
struct PlanGround {
  const Forecast& forecast;
  const std::map<std::string, HostFacts>& facts;  ///< By lane.
  std::map<std::string, std::string> problems;    ///< Lanes that could not be looked at, and why.
  /// By lane and path, without keys: files of ours as they are on the hosts.
  std::map<std::string, std::map<std::string, std::string>> files;
  std::map<std::string, double> prices;  ///< By plan, a month; empty: not known.
};

/// The paths that would be written, of each host: what to read there before.
std::map<std::string, std::vector<std::string>> files_to_write(const Forecast& forecast);

struct PlanReport {
  struct CloudLine {
    char sign;  ///< '+', '~' or '-'.
    std::string lane;
    std::string text;
    std::string why;
  };
  struct HostLine {
    std::string text;
    std::string why;
    std::string diff;  ///< Of the file, or of the running peers.
  };
  std::vector<CloudLine> cloud;
  std::map<std::string, std::vector<HostLine>> hosts;  ///< By lane.
  std::vector<std::string> new_hosts;
  std::vector<Interruption> interruptions;
  std::vector<std::string> blocked;
  std::map<std::string, std::string> unknown;  ///< Lanes that could not be looked at, and why.
  std::map<std::string, std::string> unready;  ///< Lanes on which something runs first: "package update".
  std::optional<double> cost_before;
  std::optional<double> cost_after;

  [[nodiscard]] bool changes() const { return !cloud.empty() || !hosts.empty(); }
  /// Everything was looked at, and can be done.
  [[nodiscard]] bool certain() const { return blocked.empty() && unknown.empty() && unready.empty(); }
};

PlanReport plan_report(const PlanGround& ground);
std::string plan_text(const PlanReport& report, const std::string& object, const Paint& paint);
/// For programs: cloud, hosts, newHosts, interruptions, blocked, unknown (what could not be looked at, and
/// what is still being set up), the count of changes, costs.
std::string plan_answer(const PlanReport& report, const std::string& object, TextForm form);

}  // namespace vpcp
