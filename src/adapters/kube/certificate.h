#pragma once
#include <optional>
#include <string_view>

#include "vpcp/base/clock.h"

namespace vpcp::kube {

/// When the first certificate of a PEM text ends (RFC 5280, notAfter): the one that we show, before those
/// that vouch for it. Nothing when there is none that can be read.
std::optional<SystemTime> end_of_certificate(std::string_view pem);

}  // namespace vpcp::kube
