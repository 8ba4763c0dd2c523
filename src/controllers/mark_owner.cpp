#include "controllers/mark_owner.h"

#include "domain/record.h"

namespace vpcp {
namespace {

std::string mark_of_stored(const Context& ctx, ResourceStore& store, const VpcPeering& object) {
  const auto data = store.get_secret(ctx, {object.meta.ns, record_secret_name(object.meta.key())});
  if (!data.ok() || !*data) return object.meta.uid;
  const auto record = from_secret_data(**data);
  return record.ok() ? mark_of(object, *record) : object.meta.uid;
}

}  // namespace

std::optional<ObjectKey> other_owner_of_mark(const Context& ctx, ResourceStore& store,
                                             const std::string& mark, const VpcPeering& self) {
  const auto keys = store.list(ctx);
  if (!keys.ok()) return std::nullopt;
  for (const ObjectKey& key : *keys) {
    const auto object = store.get(ctx, key);
    if (!object.ok() || !*object || (*object)->meta.uid == self.meta.uid) continue;
    if (mark_of_stored(ctx, store, **object) == mark) return key;
  }
  return std::nullopt;
}

}  // namespace vpcp
