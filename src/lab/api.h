#pragma once
#include "lab/cloud.h"
#include "lab/faults.h"
#include "lab/request_log.h"
#include "lab/router.h"

namespace vpcp::lab {

/// The routes of the API, by resource; all that is given must outlive the router.
void add_account_routes(Router& router, Cloud& cloud);
void add_vpc_routes(Router& router, Cloud& cloud);
void add_firewall_routes(Router& router, Cloud& cloud);
void add_instance_routes(Router& router, Cloud& cloud);
/// `vpc2_answers`: GET /instances/{id}/vpc2 is an empty list, which Terraform's provider 2.32 needs, not a
/// 404.
void add_instance_network_routes(Router& router, Cloud& cloud, bool vpc2_answers);
/// The lab's own levers under /lab/v1.
void add_control_routes(Router& router, Cloud& cloud, Faults& faults, RequestLog& log);

}  // namespace vpcp::lab
