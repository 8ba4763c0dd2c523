#pragma once
#include <stop_token>
#include <string>

#include "vpcp/base/result.h"

namespace vpcp::lab {

struct ForwardOptions {
  std::string listen;  ///< "127.0.0.1:9090", in the namespace of the caller.
  std::string netns;   ///< Name of the network namespace that holds the target.
  std::string to;      ///< "127.0.0.1:9090", in that namespace.
};

/// Passes TCP connections from here into a network namespace, so that what listens inside the lab (metrics,
/// API) can be looked at from the machine's own loopback. Listens on loopback only. Returns when asked to
/// stop, when the namespace is gone, or with an error when it cannot listen.
Status forward_into_netns(const ForwardOptions& options, const std::stop_token& stop);

}  // namespace vpcp::lab
