#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "vpcp/base/guarded.h"
#include "vpcp/ports/host_watch.h"

namespace vpcp::testing {

/// What a listener was told, in order: "ID: line" and "ID! reason".
class Told : public HostWatch::Listener {
 public:
  void on_line(const HostWatch::Id& id, std::string_view line) override {
    all_.with([&](auto& all) { all.push_back(id + ": " + std::string(line)); });
  }
  void on_end(const HostWatch::Id& id, const Error& why) override {
    all_.with([&](auto& all) { all.push_back(id + "! " + why.reason); });
  }
  [[nodiscard]] std::vector<std::string> all() const {
    return all_.with([](const auto& all) { return all; });
  }
  [[nodiscard]] std::size_t count(const std::string& what) const {
    return all_.with(
        [&](const auto& all) { return static_cast<std::size_t>(std::count(all.begin(), all.end(), what)); });
  }

 private:
  Guarded<std::vector<std::string>> all_;
};

/// Two hosts as the contract suite sees them: one that can be reached, one that can be reached only through
/// it. Whatever is followed there says "alive" at first.
class WatchStage {
 public:
  virtual ~WatchStage() = default;
  virtual HostWatch& watch() = 0;
  virtual Told& told() = 0;
  virtual HostLogin host() = 0;
  virtual HostLogin behind() = 0;
  /// An address where nobody is.
  virtual HostLogin nobody() = 0;
  /// A command that says "alive", and then "changed file" for each touch().
  virtual Command command() = 0;
  /// Something changes on host().
  virtual void touch() = 0;
  /// Every connection to host() breaks; it can be reached again at once.
  virtual void cut() = 0;
  /// Lets time pass until it is so; false when it is not after a while.
  virtual bool eventually(const std::function<bool()>& so) = 0;
};

struct WatchKind {
  std::string name;
  std::function<std::unique_ptr<WatchStage>()> make;
};
inline void PrintTo(const WatchKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// The fake of tests/support, and the SSH adapter against real sshds on loopback.
std::unique_ptr<WatchStage> fake_watch_stage();
std::unique_ptr<WatchStage> ssh_watch_stage();

}  // namespace vpcp::testing
