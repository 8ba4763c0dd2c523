#include "contract/cloud_contract.h"
#include "support/fake_clock.h"
#include "support/fake_cloud.h"

namespace vpcp::testing {
namespace {

class FakeStage : public CloudStage {
 public:
  FakeStage() { cloud_.refuse_key("wrong"); }
  CloudProvider& cloud() override { return cloud_; }
  std::shared_ptr<CloudProvider> with_wrong_key() override {
    return cloud_.account(Secret::copy_of("wrong"));
  }
  void pass(seconds time) override { clock_.advance(time); }
  void make(Trouble trouble) override {
    switch (trouble) {
      case Trouble::CreateAnswerLost:
        return cloud_.faults.add(lost_answer("create-instance"));
      case Trouble::Throttled:
        return cloud_.faults.add({"*", {ErrorKind::Throttled, "VultrRateLimited", "", seconds{7}}});
      case Trouble::OutOfCapacity:
        return cloud_.faults.add({"create-instance", {ErrorKind::Denied, "OutOfCapacity", "", {}}});
      case Trouble::NotPermitted:
        return cloud_.faults.add({"*", {ErrorKind::Denied, "NotPermitted", "", {}}});
      case Trouble::Locked:
        return cloud_.faults.add({"delete-instance", {ErrorKind::Conflict, "Locked", "", {}}});
    }
  }
  void reach_quota() override {
    cloud_.world([](CloudWorld& world) { world.quirks.max_instances = world.machines.size(); });
  }
  void halt(const InstanceId& id) override {
    cloud_.world([&](CloudWorld& world) { world.machines.at(id).facts.power = PowerState::Stopped; });
  }
  void add_nat_gateway(const VpcId& id) override {
    cloud_.world([&](CloudWorld& world) { world.vpcs.at(id).has_nat_gateway = true; });
  }
  std::string user_data(const InstanceId& id) override {
    return cloud_.world(
        [&](CloudWorld& world) { return std::string(world.machines.at(id).user_data.reveal()); });
  }

 private:
  FakeClock clock_;
  Effects effects_;
  FakeCloud cloud_{clock_, effects_};
};

}  // namespace

std::unique_ptr<CloudStage> fake_cloud_stage() {
  return std::make_unique<FakeStage>();
}

}  // namespace vpcp::testing
