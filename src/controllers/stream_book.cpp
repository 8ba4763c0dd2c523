#include "controllers/stream_book.h"

#include <algorithm>

#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

/// One change is several lines: `wg-quick down` takes so long to tell all of them.
constexpr milliseconds kGather{60};
/// What the host's loop finds in one turn comes at once.
constexpr milliseconds kGatherTurn{15};
/// A host that changes without end is looked at once a second, after so many times at once.
constexpr double kWakesAtOnce = 12;
constexpr milliseconds kWakePause{1000};

/// Of `ip monitor`, not of the loop.
bool is_of_kernel(HintKind kind) {
  return kind == HintKind::Network || kind == HintKind::Kernel;
}

}  // namespace

void StreamBook::expect(const HostWatch::Id& id, const ObjectKey& key, const std::string& lane) {
  book_.with([&](Book& book) {
    book.streams[id] = {key, lane, {}, false, kWakesAtOnce, clock_.steady_now()};
    book.by_lane[{key, lane}] = id;
  });
}

void StreamBook::forget(const HostWatch::Id& id) {
  book_.with([&](Book& book) {
    const auto stream = book.streams.find(id);
    if (stream == book.streams.end()) return;
    const auto lane = book.by_lane.find({stream->second.key, stream->second.lane});
    if (lane != book.by_lane.end() && lane->second == id) book.by_lane.erase(lane);
    const ObjectKey key = stream->second.key;
    book.streams.erase(stream);
    const auto next = book.by_lane.lower_bound({key, ""});
    if (next == book.by_lane.end() || next->first.first != key) book.deaths.erase(key);
    count_alive(book);
  });
}

void StreamBook::on_line(const HostWatch::Id& id, std::string_view line) {
  const StreamLine read = parse_stream_line(line);
  if (read.what == StreamLine::What::Foreign) return;
  std::optional<std::pair<ObjectKey, milliseconds>> wake;
  book_.with([&](Book& book) {
    const auto found = book.streams.find(id);
    if (found == book.streams.end()) return;
    Stream& stream = found->second;
    const bool first = !stream.state.alive_since;
    if (first && read.what != StreamLine::What::Alive) return;  // before it has seen how everything is
    if (first) {
      stream.state.alive_since = clock_.steady_now();
      count_alive(book);
      if (stream.was_alive) hint(stream, "stream-back", wake, kGather);
      stream.was_alive = true;
    }
    if (read.hint)
      hint(stream, to_string(*read.hint), wake, is_of_kernel(*read.hint) ? kGather : kGatherTurn);
  });
  if (wake && wake_) wake_(wake->first, wake->second);
}

void StreamBook::on_end(const HostWatch::Id& id, const Error& why) {
  std::optional<std::pair<ObjectKey, milliseconds>> wake;
  book_.with([&](Book& book) {
    const auto found = book.streams.find(id);
    if (found == book.streams.end() || !found->second.state.alive_since) return;
    Stream& stream = found->second;
    stream.state.alive_since.reset();
    book.deaths[stream.key] = clock_.steady_now();
    count_alive(book);
    hint(stream, "stream-lost", wake, kGather);
    log_.info("A host is not followed any more; it is tried again", {{"object", stream.key.str()},
                                                                     {"lane", stream.lane},
                                                                     {"reason", why.reason},
                                                                     {"error", why.message}});
  });
  if (wake && wake_) wake_(wake->first, wake->second);
}

void StreamBook::hint(Stream& stream, const char* kind,
                      std::optional<std::pair<ObjectKey, milliseconds>>& wake, milliseconds gather) {
  const SteadyTime now = clock_.steady_now();
  stream.state.last_hint = now;
  metrics_.add(metric::kStreamHints, {stream.key.ns, stream.key.name, kind});
  wake = {stream.key, delay_of(stream, now, gather)};
}

milliseconds StreamBook::delay_of(Stream& stream, SteadyTime now, milliseconds gather) {
  const double rest = std::chrono::duration<double>(now - stream.wakes_counted) / kWakePause;
  stream.wakes_counted = now;
  stream.wakes_left = std::min(kWakesAtOnce, stream.wakes_left + rest);
  if (stream.wakes_left < 1) return kWakePause;
  // Lines of the same moment are one wake.
  if (rest * kWakePause > kGather) stream.wakes_left -= 1;
  return gather;
}

void StreamBook::count_alive(const Book& book) {
  const auto alive = std::count_if(book.streams.begin(), book.streams.end(),
                                   [](const auto& entry) { return entry.second.state.alive_since; });
  metrics_.set(metric::kStreams, {"alive"}, static_cast<double>(alive));
  metrics_.set(metric::kStreams, {"lost"},
               static_cast<double>(book.streams.size()) - static_cast<double>(alive));
}

StreamState StreamBook::state(const ObjectKey& key, const std::string& lane) const {
  return book_.with([&](const Book& book) {
    const auto id = book.by_lane.find({key, lane});
    return id == book.by_lane.end() ? StreamState{} : book.streams.at(id->second).state;
  });
}

std::optional<SteadyTime> StreamBook::last_death(const ObjectKey& key) const {
  return book_.with([&](const Book& book) -> std::optional<SteadyTime> {
    const auto found = book.deaths.find(key);
    if (found == book.deaths.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace vpcp
