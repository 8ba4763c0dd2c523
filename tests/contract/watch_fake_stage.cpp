#include "contract/fake_pair.h"
#include "contract/watch_contract.h"
#include "support/fake_watch.h"

namespace vpcp::testing {
namespace {

class FakeWatchStage : public WatchStage {
 public:
  HostWatch& watch() override { return watch_; }
  Told& told() override { return told_; }
  HostLogin host() override { return pair_.host(); }
  HostLogin behind() override { return pair_.behind(); }
  HostLogin nobody() override { return pair_.nobody(); }
  Command command() override { return {{"vpcp-watch"}, {}}; }
  void touch() override {
    pair_.world.hosts.on(pair_.host_id,
                         [](FakeHost& host) { host.files["/etc/wireguard/wg0.conf"].content += "#"; });
  }
  void cut() override {
    pair_.world.hosts.faults.add({"watch", {ErrorKind::Transient, "HostUnreachable", "cut"}, false, 1});
  }
  bool eventually(const std::function<bool()>& so) override {
    for (int turn = 0; turn < 10 && !so(); ++turn) {
      pair_.world.clock.advance(seconds{1});
      watch_.poll();
    }
    return so();
  }

 private:
  FakePair pair_;
  Told told_;
  FakeWatch watch_{pair_.world.hosts, told_};
};

}  // namespace

std::unique_ptr<WatchStage> fake_watch_stage() {
  return std::make_unique<FakeWatchStage>();
}

}  // namespace vpcp::testing
