#pragma once
#include "api/field.h"

namespace vpcp {

inline constexpr const char* kDefaultNamespace = "default";

/// Name and namespace as a person writes them; what only a store sets (uid, finalizers …) is left aside.
ObjectKey read_manifest_name(const Field& metadata);
/// All of it, as a store hands it out.
ObjectMeta read_stored_meta(const Field& metadata);

}  // namespace vpcp
