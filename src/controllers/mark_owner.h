#pragma once
#include <optional>
#include <string>

#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// The mark of what is the object's own, by its record; nullopt: it has none. Errors: what keeps the record
/// from being read.
Result<std::optional<std::string>> recorded_mark(const Context& ctx, ResourceStore& store,
                                                 const VpcPeering& object);

/// The living object, other than `self`, that what carries the mark belongs to. Reads every object and its
/// record: for rare questions only. What cannot be read counts as not the owner.
std::optional<ObjectKey> other_owner_of_mark(const Context& ctx, ResourceStore& store,
                                             const std::string& mark, const VpcPeering& self);

}  // namespace vpcp
