// The stores that need nothing but this machine.
#include "adapters/directory/store_dirs.h"
#include "contract/store_contract.h"
#include "support/fake_clock.h"
#include "support/fake_store.h"
#include "vpcp/api/write.h"

namespace vpcp::testing {
namespace {

class FakeStoreWorld : public StoreWorld {
 public:
  ResourceStore& store() override { return store_; }
  void declare(const ObjectKey& key, const PeeringSpec& spec) override { store_.declare(key, spec); }
  void undeclare(const ObjectKey& key) override { store_.remove(key); }
  void declare_secret(const ObjectKey& key, const std::string& name, const std::string& value) override {
    store_.set_secret(key, {{name, Secret::copy_of(value)}});
  }

 private:
  FakeClock clock_;
  Effects effects_;
  FakeStore store_{clock_, effects_};
};

class DirectoryStoreWorld : public StoreWorld {
 public:
  ResourceStore& store() override { return *store_; }
  void declare(const ObjectKey& key, const PeeringSpec& spec) override {
    VpcPeering object;
    object.meta.ns = key.ns;
    object.meta.name = key.name;
    object.spec = spec;
    dirs_.put(key.ns + "." + key.name + ".json", peering_to_json(object));
  }
  void undeclare(const ObjectKey& key) override { dirs_.remove(key.ns + "." + key.name + ".json"); }
  void declare_secret(const ObjectKey& key, const std::string& name, const std::string& value) override {
    dirs_.put("secret." + key.ns + "." + key.name + ".yaml",
              "{apiVersion: v1, kind: Secret, metadata: {name: " + key.name + ", namespace: " + key.ns +
                  "}, stringData: {" + name + ": " + value + "}}");
  }

 private:
  StoreDirs dirs_;
  FakeClock clock_;
  std::unique_ptr<DirectoryStore> store_{DirectoryStore::open(dirs_.options(), clock_, Log{}).value()};
};

}  // namespace

std::vector<StoreKind> store_kinds() {
  return {{"Fake", [] { return std::make_unique<FakeStoreWorld>(); }},
          {"Directory", [] { return std::make_unique<DirectoryStoreWorld>(); }}};
}

}  // namespace vpcp::testing
