#pragma once
#include "domain/desired/desired_host.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// The text of wg0.conf for wg-quick. Deterministic: the same gateway yields the same bytes, so that a digest
/// tells whether the file on the host is ours.
Secret render_config(const DesiredGateway& gateway);
/// Its SHA-256, for less: no memory is locked for it.
std::string config_sha256(const DesiredGateway& gateway);

/// The part of it that `wg` takes, as for `wg syncconf`: complete, PrivateKey and ListenPort too.
Secret render_syncconf(const DesiredGateway& gateway);

}  // namespace vpcp
