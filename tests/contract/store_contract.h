#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vpcp/ports/resource_store.h"

namespace vpcp::testing {

/// A store, and what people do to it from outside.
class StoreWorld {
 public:
  virtual ~StoreWorld() = default;
  virtual ResourceStore& store() = 0;
  virtual void declare(const ObjectKey& key, const PeeringSpec& spec) = 0;
  virtual void undeclare(const ObjectKey& key) = 0;
  virtual void declare_secret(const ObjectKey& key, const std::string& name, const std::string& value) = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreWorld>()> make;
};

/// The stores that the test program holds against the contract: each program defines it once.
std::vector<StoreKind> store_kinds();

}  // namespace vpcp::testing
