#pragma once
#include <libssh/libssh.h>

#include <memory>
#include <string>
#include <vector>

#include "vpcp/ports/host_shell.h"

namespace vpcp::ssh {

struct KeyDeleter {
  void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, KeyDeleter>;

/// nullptr when the text is not a private key, or needs a passphrase.
Key read_private_key(const Secret& text);
/// "ssh-ed25519 AAAA…"; empty when the key has no text form.
HostKeyLine host_key_line(ssh_key key);
/// Exact: the same type and the same key; a comment at the end of a pinned line does not count.
bool is_pinned(const std::vector<HostKeyLine>& pinned, const HostKeyLine& key);
/// Whether `login` accepts a host that proved to have `key`.
bool accepts(const HostLogin& login, const HostKeyLine& key);
/// Algorithms to offer: those of the pinned keys first, so that a host which has a pinned key shows that one;
/// the rest so that a host with none of them is told apart from one that speaks no SSH we know.
std::string host_key_algorithms(const std::vector<HostKeyLine>& pinned);
/// Denied "HostIdentityChanged", with the SHA256 fingerprints offered and pinned.
Error identity_changed(const HostLogin& login, const HostKeyLine& offered);

}  // namespace vpcp::ssh
