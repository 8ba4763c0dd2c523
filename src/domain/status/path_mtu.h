#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/base/clock.h"

namespace vpcp {

/// How large the packets are that a gateway can send to another one and have answered, found by pings through
/// the tunnel that must not be fragmented: first of the size of its own MTU, which is all on a healthy path;
/// only when those are lost, smaller ones, all of a step at once. Pure: a search is fed with what crossed and
/// says what to send next.

/// From a site's gateway to another one's.
using Way = std::pair<std::string, std::string>;

/// What a gateway told: the MTU of its wg0, and the sizes of IP packets that came back, in bytes.
struct PathAnswer {
  int mtu{0};
  std::set<int> crossed;
  friend bool operator==(const PathAnswer&, const PathAnswer&) = default;
};

/// The result for one way. Narrow: what the tunnel may send is more than what crosses.
struct PathFound {
  int mtu{0};          ///< Of the sender's wg0 when it was measured.
  int crossed{0};      ///< At most `mtu`.
  std::string ends{};  ///< The instances between which it was measured: ends_of().
  [[nodiscard]] bool narrow() const { return crossed < mtu; }
  friend bool operator==(const PathFound&, const PathFound&) = default;
};
using PathsFound = std::map<Way, PathFound>;
inline std::string ends_of(const std::string& from, const std::string& to) {
  return from + ' ' + to;
}

struct PathSearch {
  enum class Stage { Idle, Whole, Coarse, Fine };
  std::string about;  ///< What the measurement depends on: when it changes, everything begins anew.
  Stage stage{Stage::Idle};
  SteadyTime due{};  ///< When something is to be sent next.
  int mtu{0};
  int crossed{0};  ///< The largest size that did in this search.
  int narrowed{
      0};  ///< What the search before this one found, when it was less than the whole: to be confirmed.
};

/// Between two searches of a way on which nothing has changed.
inline constexpr minutes kPathAgain{60};
/// After a search in which not even small packets crossed: that tells of something else.
inline constexpr minutes kPathUnclear{1};
/// Before a path counts as narrow it is searched again.
inline constexpr seconds kPathConfirm{5};
/// When the host could not be asked.
inline constexpr seconds kPathRetry{5};
/// The smallest that is tried: what every IPv4 host must take (RFC 791).
inline constexpr int kLeastPath = 576;

/// Begins a search that is due, or one about something else.
void begin_search(PathSearch& search, const std::string& about, SteadyTime now);
/// What is to be sent beside packets of the whole MTU, ascending.
std::vector<int> sizes_beside_whole(const PathSearch& search);
/// Takes what came back. The result, when the search has come to one; Whole of the MTU at whatever stage it
/// crosses.
std::optional<PathFound> note_answer(PathSearch& search, const PathAnswer& answer, SteadyTime now);

}  // namespace vpcp
