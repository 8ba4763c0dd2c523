#include "controllers/record_keeper.h"

namespace vpcp {

Status RecordKeeper::load(const Context& ctx) {
  const ObjectKey key{owner_.meta.ns, record_secret_name(owner_.meta.key())};
  const auto data = TRY(store_.get_secret(ctx, key));
  if (!data) return {};
  PeeringRecord record = TRY(from_secret_data(*data));
  record_.with([&](PeeringRecord& own) { own = std::move(record); });
  return {};
}

Status RecordKeeper::update(const Context& ctx, const std::function<bool(PeeringRecord&)>& change) {
  // Saved under the lock, so that an older copy can never overwrite a newer one.
  return record_.with([&](PeeringRecord& record) -> Status {
    if (!change(record)) return {};
    return store_.put_secret(ctx, owner_, record_secret_name(owner_.meta.key()), to_secret_data(record));
  });
}

void RecordKeeper::keep_in_memory(const std::function<bool(PeeringRecord&)>& change) {
  record_.with([&](PeeringRecord& record) { change(record); });
}

PeeringRecord RecordKeeper::copy() const {
  return record_.with([](const PeeringRecord& record) { return record; });
}

}  // namespace vpcp
