#pragma once
#include <map>
#include <string>

#include "controllers/stream_book.h"
#include "vpcp/api/host.h"
#include "vpcp/ports/host_watch.h"

namespace vpcp {

/// Keeps what is followed equal to the hosts that can be asked, as the PeeringBoard is told of them: one
/// stream for each lane of each object. Thread-safe.
class HostFollower {
 public:
  /// They outlive it.
  HostFollower(StreamBook& book, HostWatch& watch) : book_(book), watch_(watch) {}

  /// These are the object's hosts from now on, by lane.
  void update(const ObjectKey& key, const std::map<std::string, HostLogin>& logins);

 private:
  struct Followed {
    HostWatch::Id id;
    HostLogin login;
  };
  using Lane = std::pair<ObjectKey, std::string>;

  StreamBook& book_;
  HostWatch& watch_;
  struct State {
    std::map<Lane, Followed> lanes;
    std::uint64_t made{0};
  };
  Guarded<State> state_;
};

}  // namespace vpcp
