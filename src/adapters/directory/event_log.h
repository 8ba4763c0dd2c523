#pragma once
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::directory {

/// Events as JSON lines, for people and `jq`. The same event again within ten minutes is only counted, and
/// written as one line with its count when the ten minutes are over. Two files of at most about 1 MiB:
/// events.log and, before it, events.log.1. Thread-safe; what cannot be written is logged.
class EventLog {
 public:
  EventLog(std::filesystem::path path, const Clock& clock, Log log);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void append(const ObjectEvent& event);

 private:
  struct Series {
    ObjectEvent event;
    SystemTime written;  ///< When its last line was.
    SystemTime last;
    int unwritten{0};
  };
  using SeriesKey = std::tuple<ObjectKey, std::string, EventType, std::string, std::string>;

  void end_series(SystemTime older_than);
  void write_line(const Series& series, int count);
  void rotate_when_full();

  std::mutex mutex_;
  std::filesystem::path path_;
  const Clock& clock_;
  Log log_;
  std::map<SeriesKey, Series> series_;
};

}  // namespace vpcp::directory
