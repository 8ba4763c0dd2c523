#pragma once
#include <map>
#include <string>
#include <vector>

#include "views/status_view.h"
#include "vpcp/api/write.h"
#include "vpcp/base/result.h"

namespace vpcp {

enum class Tick {
  Good,
  Poor,  ///< It works, and not as well as asked for.
  Bad,
  Unknown,
  Moving,
};

/// One place that a packet passes, or one thing that must hold: what was observed there, and what to do.
struct Finding {
  Tick tick{Tick::Unknown};
  std::string what;  ///< "gateway amsterdam/gateway-0"
  std::string fact;
  std::string fix;  ///< Empty for what is good.
  /// Only since the edge beside it is down, and would be so too if another place were to blame.
  bool surmised{false};
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Explanation {
  std::string title;
  std::vector<Finding> findings;
  std::string conclusion;
  /// Where packets stop by what the controller last saw of the edges; empty: nowhere.
  std::string broken_at;
};

/// What a look at one host found just now, for more than the status knows.
struct LaneLook {
  std::string problem;  ///< Why it could not be looked at; empty when it could.
  struct Difference {
    std::string found;
    std::string fix;
  };
  std::vector<Difference> differences;
};
using LaneLooks = std::map<std::string, LaneLook>;  ///< By lane; empty: nobody looked.

/// Why the peering is, or is not, ready.
Explanation explain_readiness(const VpcPeering& peering, const LaneLooks& looks, SystemTime now);

/// The way of a packet between two servers, hop by hop; each is "server" or "site/server". Errors: Invalid
/// "NoSuchServer" and "NoSuchPath", with what there is.
Result<Explanation> explain_path(const VpcPeering& peering, const std::string& from, const std::string& to,
                                 const LaneLooks& looks, SystemTime now);

std::string explanation_text(const Explanation& explanation, const Paint& paint);
/// For programs: title, findings (result: ok, poor, broken, unknown or moving), brokenAt, conclusion.
std::string explanation_answer(const Explanation& explanation, TextForm form);
/// False when something is known to be wrong.
bool is_good(const Explanation& explanation);
/// Nothing is known of any of it.
bool is_blind(const Explanation& explanation);

}  // namespace vpcp
