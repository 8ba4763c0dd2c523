#include "controllers/mark_owner.h"

#include "domain/record.h"

namespace vpcp {

Result<std::optional<std::string>> recorded_mark(const Context& ctx, ResourceStore& store,
                                                 const VpcPeering& object) {
  const auto data = TRY(store.get_secret(ctx, {object.meta.ns, record_secret_name(object.meta.key())}));
  if (!data) return std::optional<std::string>{};
  return std::optional(mark_of(object, TRY(from_secret_data(*data))));
}

std::optional<ObjectKey> other_owner_of_mark(const Context& ctx, ResourceStore& store,
                                             const std::string& mark, const VpcPeering& self) {
  const auto keys = store.list(ctx);
  if (!keys.ok()) return std::nullopt;
  for (const ObjectKey& key : *keys) {
    const auto object = store.get(ctx, key);
    if (!object.ok() || !*object || (*object)->meta.uid == self.meta.uid) continue;
    const auto known = recorded_mark(ctx, store, **object);
    const std::string& uid = (*object)->meta.uid;
    if ((known.ok() && *known ? **known : uid) == mark) return key;
  }
  return std::nullopt;
}

}  // namespace vpcp
