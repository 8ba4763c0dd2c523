#pragma once
#include "domain/desired/desired_host.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// The text of wg0.conf for wg-quick. Deterministic: the same gateway yields the same bytes, so that a digest
/// tells whether the file on the host is ours.
Secret render_config(const DesiredGateway& gateway);
/// Its SHA-256, for less: no memory is locked for it.
std::string config_sha256(const DesiredGateway& gateway);

/// The part of it that `wg syncconf` takes. PrivateKey and ListenPort are always in it: without them syncconf
/// would delete the key and take a random port.
Secret render_syncconf(const DesiredGateway& gateway);

}  // namespace vpcp
