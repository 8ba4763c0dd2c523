#pragma once
#include <functional>
#include <map>
#include <thread>

#include "adapters/libssh/stream.h"
#include "vpcp/base/guarded.h"

namespace vpcp::ssh {

/// A thread that serves streams. Thread-safe.
class StreamLoop {
 public:
  /// Finds a way through a jump host on another thread and hands it to `done`, on any thread.
  using FindWay = std::function<void(const HostLogin& login, std::function<void(Result<Way>)> done)>;

  StreamLoop(const StreamTimes& times, Dialer& dialer, HostWatch::Listener& listener, FindWay find_way);
  ~StreamLoop();
  StreamLoop(const StreamLoop&) = delete;
  StreamLoop& operator=(const StreamLoop&) = delete;

  void add(const HostWatch::Id& id, HostWatch::Target target);
  void remove(const HostWatch::Id& id);

 private:
  struct Found {
    HostWatch::Id id;
    Result<Way> way;
  };
  /// What the loop is handed by other threads; it outlives the loop where a way is still being looked for.
  struct Inbox {
    std::map<HostWatch::Id, std::optional<HostWatch::Target>> orders;  ///< nullopt: end it.
    std::vector<Found> found;
  };
  struct Shared {
    Guarded<Inbox> inbox;
    Event wake;
  };

  void run(const std::stop_token& stop);
  void take_inbox(SteadyTime now);
  void wait(SteadyTime now);
  void work(const HostWatch::Id& id, Stream& stream, SteadyTime now);

  const StreamTimes& times_;
  Dialer& dialer_;
  HostWatch::Listener& listener_;
  const FindWay find_way_;
  const std::shared_ptr<Shared> shared_{std::make_shared<Shared>()};
  std::map<HostWatch::Id, Stream> streams_;  ///< The thread's own.
  std::jthread thread_;
};

}  // namespace vpcp::ssh
