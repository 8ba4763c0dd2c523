#pragma once
#include "domain/desired/layout.h"

namespace vpcp {

/// Drops from the record what neither the spec nor the cloud has any more: sites, hosts, groups and keys of
/// what was removed from the spec and is gone. A name can be used again after that. True when the record
/// changed.
bool forget_departed(PeeringRecord& record, const PeeringSpec& spec, const Layout& layout);

}  // namespace vpcp
