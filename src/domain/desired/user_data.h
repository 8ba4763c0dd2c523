#pragma once
#include "domain/keys.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// The cloud-config of a host that we create: its SSH host key, made by us so that it can be pinned before
/// the first connection, and our client key for root. Nothing else: all further set-up goes over SSH.
Secret bootstrap_user_data(const Secret& host_private_key, const HostKeyLine& host_public_key,
                           const HostKeyLine& client_key);

/// What replaces it once the host has a key of its own: user-data can be read by every process on the host.
Secret user_data_stub();

}  // namespace vpcp
