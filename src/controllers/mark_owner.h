#pragma once
#include <optional>
#include <string>

#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// The living object, other than `self`, that what carries the mark belongs to. Reads every object and its
/// record: for rare questions only. What cannot be read counts as not the owner.
std::optional<ObjectKey> other_owner_of_mark(const Context& ctx, ResourceStore& store,
                                             const std::string& mark, const VpcPeering& self);

}  // namespace vpcp
