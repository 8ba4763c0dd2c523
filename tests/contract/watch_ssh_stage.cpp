#include <thread>

#include "adapters/libssh/ssh_watch.h"
#include "contract/sshd_pair.h"
#include "contract/watch_contract.h"
#include "support/fake_metrics.h"

namespace vpcp::testing {
namespace {

class SshWatchStage : public WatchStage {
 public:
  HostWatch& watch() override { return watch_; }
  Told& told() override { return told_; }
  HostLogin host() override { return pair_.host(); }
  HostLogin behind() override { return pair_.behind(); }
  HostLogin nobody() override { return pair_.nobody(); }
  Command command() override {
    return {{"sh", "-c", "echo alive; exec tail -n 0 -s 0.05 -f " + dir_.file("changes")}, {}};
  }
  void touch() override {
    // `tail` may not have begun to follow when its host says that it is alive.
    std::ofstream(dir_.file("changes"), std::ios::app) << "changed file\n";
    touched_ = true;
  }
  void cut() override { pair_.end_connections(); }
  bool eventually(const std::function<bool()>& so) override {
    const auto end = std::chrono::steady_clock::now() + seconds{20};
    while (!so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds{20});
      if (touched_) touch();
    }
    touched_ = false;
    return true;
  }

 private:
  TempDir dir_;
  bool touched_{(std::ofstream(dir_.file("changes")), false)};
  SshdPair pair_;
  FakeMetrics metrics_;
  Told told_;
  SshShell shell_{SshOptions{}, metrics_};
  SshWatch watch_{{.first_pause = milliseconds{50}}, shell_, told_};
};

}  // namespace

std::unique_ptr<WatchStage> ssh_watch_stage() {
  return std::make_unique<SshWatchStage>();
}

}  // namespace vpcp::testing
