#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>

#include "domain/host/stream.h"
#include "domain/status/look_need.h"
#include "vpcp/api/ids.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/log.h"
#include "vpcp/ports/host_watch.h"
#include "vpcp/ports/metrics.h"

namespace vpcp {

/// What the hosts' streams have told: by object and lane, whether the stream is heard, and when it last
/// hinted at a change. A hint, the death of a stream and its return queue the object's key. Thread-safe.
class StreamBook : public HostWatch::Listener {
 public:
  using Wake = std::function<void(const ObjectKey& key, milliseconds after)>;
  StreamBook(const Clock& clock, Metrics& metrics, Log log = {})
      : clock_(clock), metrics_(metrics), log_(std::move(log)) {}

  /// Before the first stream.
  void set_wake(Wake wake) { wake_ = std::move(wake); }

  /// A stream of that id is about to be followed, or no longer.
  void expect(const HostWatch::Id& id, const ObjectKey& key, const std::string& lane);
  void forget(const HostWatch::Id& id);

  void on_line(const HostWatch::Id& id, std::string_view line) override;
  void on_end(const HostWatch::Id& id, const Error& why) override;

  /// Of a lane without a stream: not heard.
  [[nodiscard]] StreamState state(const ObjectKey& key, const std::string& lane) const;
  /// When a stream of the object last died.
  [[nodiscard]] std::optional<SteadyTime> last_death(const ObjectKey& key) const;

 private:
  struct Stream {
    ObjectKey key;
    std::string lane;
    StreamState state;
    bool was_alive{false};
    double wakes_left{0};
    SteadyTime wakes_counted{};
  };
  struct Book {
    std::map<HostWatch::Id, Stream> streams;
    std::map<std::pair<ObjectKey, std::string>, HostWatch::Id> by_lane;
    std::map<ObjectKey, SteadyTime> deaths;
  };
  static milliseconds delay_of(Stream& stream, SteadyTime now, milliseconds gather);
  void count_alive(const Book& book);
  void hint(Stream& stream, const char* kind, std::optional<std::pair<ObjectKey, milliseconds>>& wake,
            milliseconds gather);

  const Clock& clock_;
  Metrics& metrics_;
  const Log log_;
  Wake wake_;
  Guarded<Book> book_;
};

}  // namespace vpcp
