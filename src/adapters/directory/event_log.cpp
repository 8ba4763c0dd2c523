#include "adapters/directory/event_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "adapters/directory/files.h"

namespace vpcp::directory {

namespace fs = std::filesystem;

namespace {

constexpr minutes kSeries{10};
constexpr std::size_t kMaxSeries = 1000;
constexpr std::uintmax_t kMaxLog = std::uintmax_t{1} << 20U;

}  // namespace

EventLog::EventLog(fs::path path, const Clock& clock, Log log)
    : path_(std::move(path)), clock_(clock), log_(std::move(log)) {}

EventLog::~EventLog() {
  end_series(SystemTime::max());
}

void EventLog::append(const ObjectEvent& event) {
  const std::lock_guard lock(mutex_);
  const SystemTime now = clock_.now();
  end_series(series_.size() < kMaxSeries ? now - kSeries : SystemTime::max());
  const SeriesKey key{event.about, event.uid, event.type, event.reason, event.note};
  const auto [entry, is_new] = series_.try_emplace(key, Series{event, now, now, 0});
  Series& series = entry->second;
  series.last = now;
  if (is_new) return write_line(series, 1);
  ++series.unwritten;
}

void EventLog::end_series(SystemTime older_than) {
  std::erase_if(series_, [&](const auto& entry) {
    const Series& series = entry.second;
    if (series.written > older_than) return false;
    if (series.unwritten > 0) write_line(series, series.unwritten);
    return true;
  });
}

void EventLog::write_line(const Series& series, int count) {
  const ObjectEvent& event = series.event;
  nlohmann::ordered_json line = {{"time", to_rfc3339(series.last)},
                                 {"namespace", event.about.ns},
                                 {"name", event.about.name},
                                 {"uid", event.uid},
                                 {"type", event.type == EventType::Normal ? "Normal" : "Warning"},
                                 {"reason", event.reason},
                                 {"note", event.note}};
  if (count > 1) line["count"] = count;
  rotate_when_full();
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const FileDescriptor fd(
      ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const bool kept =
      fd.open() && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!kept)
    log_.warn("Cannot keep an event",
              {{"file", path_.string()}, {"reason", event.reason}, {"note", event.note}});
}

void EventLog::rotate_when_full() {
  std::error_code problem;
  const auto size = fs::file_size(path_, problem);
  if (problem || size < kMaxLog) return;
  fs::rename(path_, path_.string() + ".1", problem);
  if (problem)
    log_.warn("Cannot rotate the events", {{"file", path_.string()}, {"error", problem.message()}});
}

}  // namespace vpcp::directory
