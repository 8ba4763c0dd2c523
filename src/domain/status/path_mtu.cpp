#include "domain/status/path_mtu.h"

#include <algorithm>
#include <utility>

namespace vpcp {
namespace {

using Stage = PathSearch::Stage;

/// WireGuard pads what it encrypts to a multiple of 16 bytes (its white paper, 5.4.6): sizes between two of
/// them make packets of one size.
constexpr int kPadding = 16;
constexpr int kCoarse = 7 * kPadding;

std::vector<int> ladder(int first, int step, int below) {
  std::vector<int> out;
  for (int size = first; size < below; size += step) out.push_back(size);
  return out;
}

/// The end of a search in which the whole MTU did not cross.
std::optional<PathFound> end_search(PathSearch& search, SteadyTime now) {
  search.stage = Stage::Idle;
  const int before = std::exchange(search.narrowed, 0);
  if (search.crossed == 0) {
    search.due = now + kPathUnclear;
    return std::nullopt;
  }
  if (before == 0) {
    search.narrowed = search.crossed;
    search.due = now + kPathConfirm;
    return std::nullopt;
  }
  search.due = now + kPathAgain;
  return PathFound{search.mtu, std::max(search.crossed, before), {}};
}

}  // namespace

void begin_search(PathSearch& search, const std::string& about, SteadyTime now) {
  if (search.about != about) search = PathSearch{.about = about};
  if (search.stage != Stage::Idle || now < search.due) return;
  search.stage = Stage::Whole;
  search.crossed = 0;
}

std::vector<int> sizes_beside_whole(const PathSearch& search) {
  switch (search.stage) {
    case Stage::Idle:
    case Stage::Whole:
      return {};
    case Stage::Coarse:
      return ladder(kLeastPath, kCoarse, search.mtu);
    case Stage::Fine:
      return ladder(search.crossed + kPadding, kPadding, std::min(search.crossed + kCoarse, search.mtu));
  }
  return {};
}

std::optional<PathFound> note_answer(PathSearch& search, const PathAnswer& answer, SteadyTime now) {
  if (search.stage == Stage::Idle) return std::nullopt;
  if (answer.crossed.contains(answer.mtu)) {
    search.stage = Stage::Idle;
    search.narrowed = 0;
    search.due = now + kPathAgain;
    return PathFound{answer.mtu, answer.mtu, {}};
  }
  // Somebody is changing the MTU: what crossed before says little of what crosses now.
  if (search.stage != Stage::Whole && search.mtu != answer.mtu) search.stage = Stage::Whole;
  search.mtu = answer.mtu;
  if (!answer.crossed.empty()) search.crossed = std::max(search.crossed, *answer.crossed.rbegin());
  if (search.stage == Stage::Whole) {
    search.stage = Stage::Coarse;
    search.crossed = 0;
    return std::nullopt;
  }
  if (search.stage == Stage::Coarse && search.crossed > 0) {
    search.stage = Stage::Fine;
    if (!sizes_beside_whole(search).empty()) return std::nullopt;
  }
  return end_search(search, now);
}

}  // namespace vpcp
