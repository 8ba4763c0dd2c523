#pragma once
#include <map>
#include <optional>
#include <string>

#include "support/fake_hosts.h"
#include "vpcp/ports/host_watch.h"

namespace vpcp::testing {

/// Streams of FakeHosts. They tell when they are polled: what changed since the last time, and who is gone.
class FakeWatch : public HostWatch {
 public:
  FakeWatch(FakeHosts& hosts, Listener& listener) : hosts_(hosts), listener_(listener) {}

  void follow(std::map<Id, Target> targets) override {
    std::map<Id, Stream> next;
    for (auto& [id, target] : targets) {
      auto known = streams_.extract(id);
      next.emplace(id, known ? std::move(known.mapped()) : Stream{std::move(target), std::nullopt});
    }
    streams_ = std::move(next);
  }
  void poll() {
    for (auto& [id, stream] : streams_) {
      const auto now = hosts_.watched(stream.target.login);
      if (!now.ok()) {
        stream.seen.reset();
        listener_.on_end(id, now.error());
        continue;
      }
      if (!stream.seen) listener_.on_line(id, "alive");
      if (stream.seen && *stream.seen != *now) listener_.on_line(id, "changed file");
      stream.seen = *now;
    }
  }

 private:
  struct Stream {
    Target target;
    std::optional<std::string> seen;
  };
  FakeHosts& hosts_;
  Listener& listener_;
  std::map<Id, Stream> streams_;
};

}  // namespace vpcp::testing
