#pragma once
#include <string>

#include "vpcp/api/host.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// A WireGuard key pair: X25519 (RFC 7748), both as base64 text as `wg genkey` and `wg pubkey` print them.
struct WireGuardKeyPair {
  Secret private_key;
  std::string public_key;
};
WireGuardKeyPair new_wireguard_key_pair();
/// The public key of a base64 private key; empty when the text is not a key.
std::string wireguard_public_key(const Secret& private_key);
/// 32 random bytes as base64, as `wg genpsk` prints them.
Secret new_preshared_key();

/// An Ed25519 SSH key pair (RFC 8709): the private one in OpenSSH's own format, the public one as
/// "ssh-ed25519 AAAA…".
struct SshKeyPair {
  Secret private_key;
  HostKeyLine public_key;
};
SshKeyPair new_ssh_key_pair();
/// "SHA256:…" of a public key line, as `ssh-keygen -l` prints it; "invalid key" for anything else.
std::string ssh_fingerprint(const HostKeyLine& line);

}  // namespace vpcp
