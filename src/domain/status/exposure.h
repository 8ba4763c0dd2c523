#pragma once
#include <vector>

#include "domain/desired/layout.h"
#include "vpcp/api/status.h"

namespace vpcp {

/// What of the site's servers with `public: None` meets the internet, by what each instance is and not by how
/// it would be made today: the VPC's NAT gateway may have come or gone since. Without those that are still
/// being made: they do not tell all of their addresses.
std::vector<PrivateServer> private_servers(const LaidSite& site);

}  // namespace vpcp
