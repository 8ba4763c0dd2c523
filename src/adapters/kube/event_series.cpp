#include "adapters/kube/event_series.h"

#include <algorithm>

#include "vpcp/base/secret.h"

namespace vpcp::kube {
namespace {

constexpr seconds kBetweenUpdates{60};
constexpr minutes kSilence{6};
constexpr double kBurst = 25;
constexpr seconds kRefill{300};  // for one more
constexpr std::size_t kMostSeries = 4096;

/// "ams-blr.17f3a…": unique, and the same object sorts by time.
std::string name_for(const ObjectEvent& event, SystemTime now) {
  const auto ticks = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
  const std::string digest =
      sha256_hex(event.uid + "\n" + event.reason + "\n" + event.note + "\n" + std::to_string(ticks));
  return event.about.name + "." + digest.substr(0, 16);
}

}  // namespace

bool EventSeries::take_allowance(const ObjectEvent& event, SteadyTime now) {
  Allowance& allowance = allowances_.try_emplace(event.about, Allowance{kBurst, now}).first->second;
  const double refilled = std::chrono::duration<double>(now - allowance.at) / kRefill;
  allowance = {std::min(kBurst, allowance.left + std::max(0.0, refilled)), now};
  if (allowance.left < 1) return false;
  allowance.left -= 1;
  return true;
}

std::optional<EventWrite> EventSeries::add(const ObjectEvent& event, const Moment& now) {
  const Key key{event.about, event.uid, event.type, event.reason, event.note};
  const auto known = series_.find(key);
  if (known == series_.end()) {
    if (series_.size() >= kMostSeries || !take_allowance(event, now.steady)) return std::nullopt;
    const EventWrite write{event, name_for(event, now.time), now.time, now.time, 1};
    series_.emplace(key, Series{write, now.steady, now.steady, 1});
    return write;
  }
  Series& series = known->second;
  ++series.write.count;
  series.write.last = now.time;
  series.heard = now.steady;
  const bool first_repetition = series.told_count == 1;
  if (!first_repetition && now.steady - series.told < kBetweenUpdates) return std::nullopt;
  series.told = now.steady;
  series.told_count = series.write.count;
  return series.write;
}

std::vector<EventWrite> EventSeries::due(SteadyTime now, bool all) {
  std::vector<EventWrite> out;
  for (auto& [key, series] : series_) {
    const bool untold = series.write.count > series.told_count;
    if (!untold || (!all && now - series.told < kBetweenUpdates)) continue;
    series.told = now;
    series.told_count = series.write.count;
    out.push_back(series.write);
  }
  std::erase_if(series_, [&](const auto& entry) { return now - entry.second.heard > kSilence; });
  std::erase_if(allowances_, [&](const auto& entry) { return now - entry.second.at > kRefill * kBurst; });
  return out;
}

}  // namespace vpcp::kube
