#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "vpcp/ports/cloud_provider.h"

namespace vpcp::testing {

/// What can be made to go wrong, once, with the next call of its kind.
enum class Trouble {
  CreateAnswerLost,  ///< An instance is made; nobody is told.
  Throttled,         ///< Any call: a pause of 7 s is asked for.
  OutOfCapacity,     ///< The create of an instance.
  NotPermitted,      ///< Any call.
  Locked,            ///< The delete of an instance.
};

/// A cloud as the contract suite drives it: the provider under test, and what a test may do behind its back.
class CloudStage {
 public:
  virtual ~CloudStage() = default;
  virtual CloudProvider& cloud() = 0;
  virtual std::shared_ptr<CloudProvider> with_wrong_key() = 0;
  /// Time that the cloud lives in.
  virtual void pass(seconds time) = 0;
  virtual void make(Trouble trouble) = 0;
  /// The account may have no more instances than it has now.
  virtual void reach_quota() = 0;
  virtual void halt(const InstanceId& id) = 0;
  virtual void add_nat_gateway(const VpcId& id) = 0;
  /// As the instance would get it, decoded.
  virtual std::string user_data(const InstanceId& id) = 0;
};

struct StageKind {
  std::string name;
  std::function<std::unique_ptr<CloudStage>()> make;
};
inline void PrintTo(const StageKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// The fake of tests/support, and the Vultr adapter over HTTP against the lab's memory backend.
std::unique_ptr<CloudStage> fake_cloud_stage();
std::unique_ptr<CloudStage> vultr_stage();

}  // namespace vpcp::testing
