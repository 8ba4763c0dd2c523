#include "adapters/kube/lease_store.h"

#include "adapters/kube/json_text.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

LeaseRecord to_record(const json& object) {
  LeaseRecord lease;
  lease.holder = text_at(object, {"spec", "holderIdentity"});
  lease.duration = seconds{number_at(object, {"spec", "leaseDurationSeconds"})};
  lease.acquired = from_rfc3339(text_at(object, {"spec", "acquireTime"}));
  lease.renewed = from_rfc3339(text_at(object, {"spec", "renewTime"}));
  lease.transitions = number_at(object, {"spec", "leaseTransitions"});
  lease.resource_version = text_at(object, {"metadata", "resourceVersion"});
  return lease;
}

}  // namespace

std::string KubeLeaseStore::collection() const {
  return "/apis/coordination.k8s.io/v1/namespaces/" + ns_ + "/leases";
}

std::string KubeLeaseStore::to_object(const LeaseRecord& lease) const {
  json object = {{"apiVersion", "coordination.k8s.io/v1"},
                 {"kind", "Lease"},
                 {"metadata", {{"name", name_}, {"namespace", ns_}}},
                 {"spec",
                  {{"leaseDurationSeconds", lease.duration.count()},
                   {"acquireTime", to_micro_time(lease.acquired)},
                   {"renewTime", to_micro_time(lease.renewed)},
                   {"leaseTransitions", lease.transitions}}}};
  if (!lease.holder.empty()) object["spec"]["holderIdentity"] = lease.holder;
  if (!lease.resource_version.empty()) object["metadata"]["resourceVersion"] = lease.resource_version;
  return to_text(object);
}

Result<std::optional<LeaseRecord>> KubeLeaseStore::get(const Context& ctx) {
  const auto answer = client_.send(ctx, {.path = collection() + "/" + name_});
  if (answer.ok()) return std::optional(to_record(*answer));
  if (answer.error().reason == kNotFound) return std::optional<LeaseRecord>{};
  return answer.error();
}

Result<LeaseRecord> KubeLeaseStore::create(const Context& ctx, const LeaseRecord& lease) {
  return to_record(TRY(client_.send(ctx, {"POST", collection(), kJson, to_object(lease)})));
}

Result<LeaseRecord> KubeLeaseStore::update(const Context& ctx, const LeaseRecord& lease) {
  return to_record(TRY(client_.send(ctx, {"PUT", collection() + "/" + name_, kJson, to_object(lease)})));
}

}  // namespace vpcp::kube
