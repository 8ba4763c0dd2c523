#include "controllers/record_keeper.h"

#include "controllers/mark_owner.h"

namespace vpcp {
namespace {

Error refused(const std::string& secret, const std::string& why) {
  return {ErrorKind::Denied, "RestoreRefused", "spec.restoreFrom.name: the Secret " + secret + " " + why, {}};
}

}  // namespace

Status RecordKeeper::load(const Context& ctx) {
  const ObjectKey key{owner_.meta.ns, record_secret_name(owner_.meta.key())};
  const auto data = TRY(store_.get_secret(ctx, key));
  // One that is deleted before it took anything over leaves all of it.
  const bool restores = owner_.spec.restore_secret && !owner_.meta.deletion_timestamp;
  if (!data) return restores ? restore(ctx, *owner_.spec.restore_secret) : Status{};
  PeeringRecord record = TRY(from_secret_data(*data));
  record_.with([&](PeeringRecord& own) { own = std::move(record); });
  return {};
}

Status RecordKeeper::restore(const Context& ctx, const std::string& secret) {
  const auto data = TRY(store_.get_secret(ctx, {owner_.meta.ns, secret}));
  if (!data) return refused(secret, "does not exist; create it, or remove restoreFrom to begin anew");
  PeeringRecord record = TRY(from_secret_data(*data));
  if (record.mark.empty())
    return refused(secret,
                   "is the record of an earlier version, which did not say whose it is; write a newer one");
  if (const auto owner = other_owner_of_mark(ctx, store_, record.mark, owner_))
    return refused(secret, "is the record that the VPCPeering " + owner->str() +
                               " works with; delete that one first, with deletionPolicy: Retain");
  record_.with([&](PeeringRecord& own) { own = std::move(record); });
  restored_ = true;
  return {};
}

Status RecordKeeper::update(const Context& ctx, const std::function<bool(PeeringRecord&)>& change) {
  // Saved under the lock, so that an older copy can never overwrite a newer one.
  return record_.with([&](PeeringRecord& record) -> Status {
    if (!change(record) && !restored_) return {};
    restored_ = false;
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
