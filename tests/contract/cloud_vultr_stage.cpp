#include "adapters/cpprest/http_client.h"
#include "adapters/vultr/accounts.h"
#include "contract/cloud_contract.h"
#include "lab/http_server.h"
#include "lab/lab_server.h"
#include "lab/memory_backend.h"
#include "support/fake_clock.h"
#include "support/fake_metrics.h"

namespace vpcp::testing {
namespace {

constexpr const char* kKey = "lab-key";

/// The adapter has the machine's clock, so that its pace stays real; the cloud has one that the test moves.
class VultrStage : public CloudStage {
 public:
  VultrStage() {
    lab::LabOptions options;
    options.api.api_key = Secret::copy_of(kKey);
    options.api.requests_per_second = 0;
    options.cloud.boot = seconds{20};
    options.cloud.vpc_linger = seconds{10};
    auto backend = std::make_unique<lab::MemoryBackend>();
    backend_ = backend.get();
    lab_ = lab::LabServer::start(options, std::move(backend), clock_, Log{}).value();
    accounts_ = std::make_unique<VultrAccounts>(VultrAccounts::Ports{http_, metrics_, system_clock()},
                                                lab_->base_url());
    account_ = accounts_->account(Secret::copy_of(kKey));
  }
  CloudProvider& cloud() override { return *account_; }
  std::shared_ptr<CloudProvider> with_wrong_key() override {
    return accounts_->account(Secret::copy_of("wrong"));
  }
  void pass(seconds time) override { clock_.advance(time); }
  void make(Trouble trouble) override {
    switch (trouble) {
      case Trouble::CreateAnswerLost:
        return fault(lab::FaultKind::LostAnswer, "POST", "/instances$");
      case Trouble::Throttled:
        return fault(lab::FaultKind::Throttle, "", ".*");
      case Trouble::OutOfCapacity:
        return fault(lab::FaultKind::CapacityRefused, "POST", "/instances$");
      case Trouble::NotPermitted:
        return fault(lab::FaultKind::Forbidden, "", ".*");
      case Trouble::Locked:
        return fault(lab::FaultKind::Locked, "DELETE", "/instances/");
    }
  }
  void reach_quota() override { fault(lab::FaultKind::Quota, "POST", "/instances$"); }
  void halt(const InstanceId& id) override {
    must(lab_->cloud().power(id.value, lab::PowerAction::Halt));
    clock_.advance(seconds{10});
  }
  void add_nat_gateway(const VpcId& id) override { must(lab_->cloud().create_nat_gateway(id.value, "", "")); }
  std::string user_data(const InstanceId& id) override {
    const auto host = backend_->host(id.value);
    return host ? host->user_data : "";
  }

 private:
  template <class A>
  static void must(const A& answer) {
    if (!answer.ok()) throw std::logic_error("the lab refused what the test needs");
  }
  void fault(lab::FaultKind kind, const char* method, const char* path) {
    lab::Fault fault;
    fault.kind = kind;
    fault.method = method;
    fault.path = path;
    fault.retry_after = 7;
    must(lab_->faults().add(fault));
  }

  FakeClock clock_;
  FakeMetrics metrics_;
  lab::MemoryBackend* backend_{nullptr};
  std::unique_ptr<lab::LabServer> lab_;
  CpprestHttpClient http_;
  std::unique_ptr<VultrAccounts> accounts_;
  std::shared_ptr<CloudProvider> account_;
};

}  // namespace

std::unique_ptr<CloudStage> vultr_stage() {
  init_crypto();
  // Not init_http_process(): a listener that closes waits for its connections, which takes a second thread.
  static const bool started = (lab::start_http_threads(4), true);
  (void)started;
  return std::make_unique<VultrStage>();
}

}  // namespace vpcp::testing
