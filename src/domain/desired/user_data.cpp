#include "domain/desired/user_data.h"

namespace vpcp {

Secret bootstrap_user_data(const Secret& host_private_key, const HostKeyLine& host_public_key,
                           const HostKeyLine& client_key) {
  std::string text;
  text.reserve(4096);  // no reallocation: it would leave copies of the key behind
  text += "#cloud-config\n";
  text += "disable_root: false\n";
  text += "ssh_pwauth: false\n";
  text += "ssh_authorized_keys:\n- " + client_key + " vpcp-controller\n";
  text += "ssh_keys:\n  ed25519_private: |\n";
  std::string_view key = host_private_key.reveal();
  while (!key.empty()) {
    const std::size_t end = std::min(key.find('\n'), key.size());
    text += "    ";
    text += key.substr(0, end);
    text += '\n';
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  text += "  ed25519_public: " + host_public_key + " vpcp\n";
  return Secret::take(std::move(text));
}

// cloud-init run anew ("cloud-init clean") would delete the pinned host key and make another one, and close
// the root login of the controller's key, both by its defaults.
Secret user_data_stub() {
  return Secret::copy_of(
      "#cloud-config\n"
      "disable_root: false\n"
      "ssh_deletekeys: false\n");
}

}  // namespace vpcp
