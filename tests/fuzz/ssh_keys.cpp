#include "adapters/libssh/host_keys.h"
#include "domain/keys.h"
#include "fuzz/fuzz.h"

/// Key texts: a private key of a Secret, a pinned host key of a spec, the fingerprint of what a host offers.
namespace vpcp::fuzz {

void fuzz(std::string_view input) {
  const std::string text(input);
  const ssh::Key key = ssh::read_private_key(Secret::copy_of(text));
  if (key) require(!ssh::host_key_line(key.get()).empty(), "a private key has a public one");
  require(is_shown_well(ssh_fingerprint(text), 100), "a fingerprint is one short line");
  (void)ssh::is_pinned({text, "ssh-ed25519 AAAA"}, "ssh-ed25519 AAAA");
  (void)ssh::host_key_algorithms({text});
  (void)wireguard_public_key(Secret::copy_of(text));
}

}  // namespace vpcp::fuzz
