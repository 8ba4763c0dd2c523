#include "adapters/libssh/host_keys.h"

#include <algorithm>
#include <sstream>

#include "adapters/libssh/wait.h"

namespace vpcp::ssh {
namespace {

struct KeyText {
  std::string type;
  std::string base64;
  friend bool operator==(const KeyText&, const KeyText&) = default;
};

KeyText split(const HostKeyLine& line) {
  KeyText text;
  std::istringstream(line) >> text.type >> text.base64;
  return text;
}

Key read_public_key(const HostKeyLine& line) {
  const KeyText text = split(line);
  const ssh_keytypes_e type = ssh_key_type_from_name(text.type.c_str());
  ssh_key key = nullptr;
  if (type == SSH_KEYTYPE_UNKNOWN) return nullptr;
  if (ssh_pki_import_pubkey_base64(text.base64.c_str(), type, &key) != SSH_OK) return nullptr;
  return Key(key);
}

std::string fingerprint(const HostKeyLine& line) {
  const Key key = read_public_key(line);
  unsigned char* hash = nullptr;
  std::size_t size = 0;
  if (!key || ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) {
    return "an unreadable key";
  }
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
  ssh_clean_pubkey_hash(&hash);
  const std::string result = text != nullptr ? text : "an unreadable key";
  ssh_string_free_char(text);
  return split(line).type + " " + result;
}

int no_passphrase(const char*, char*, std::size_t, int, int, void*) {
  return -1;
}

}  // namespace

Key read_private_key(const Secret& text) {
  std::string copy(text.reveal());  // libssh wants it terminated by a NUL
  ssh_key key = nullptr;
  // Without a callback libssh would ask for a passphrase on the terminal.
  const int rc = ssh_pki_import_privkey_base64(copy.c_str(), nullptr, no_passphrase, nullptr, &key);
  wipe(copy);
  return rc == SSH_OK ? Key(key) : nullptr;
}

HostKeyLine host_key_line(ssh_key key) {
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) return {};
  HostKeyLine line = std::string(ssh_key_type_to_char(ssh_key_type(key))) + " " + base64;
  ssh_string_free_char(base64);
  return line;
}

bool is_pinned(const std::vector<HostKeyLine>& pinned, const HostKeyLine& key) {
  const KeyText wanted = split(key);
  if (wanted.base64.empty()) return false;
  return std::any_of(pinned.begin(), pinned.end(),
                     [&](const HostKeyLine& line) { return split(line) == wanted; });
}

bool accepts(const HostLogin& login, const HostKeyLine& key) {
  if (login.pinned.empty()) return login.trust_first_use && !key.empty();
  return is_pinned(login.pinned, key);
}

std::string host_key_algorithms(const std::vector<HostKeyLine>& pinned) {
  std::vector<std::string> names{"ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                 "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256"};
  const auto is_of_pinned_type = [&](const std::string& name) {
    return std::any_of(pinned.begin(), pinned.end(), [&](const HostKeyLine& line) {
      const std::string type = split(line).type;
      return type == name || (type == "ssh-rsa" && name.starts_with("rsa-sha2-"));
    });
  };
  std::stable_partition(names.begin(), names.end(), is_of_pinned_type);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

Error identity_changed(const HostLogin& login, const HostKeyLine& offered) {
  std::string expected;
  for (const HostKeyLine& line : login.pinned)
    expected += (expected.empty() ? "" : " or ") + fingerprint(line);
  if (expected.empty()) expected = "no key, and trust on first use is off";
  return {ErrorKind::Denied, "HostIdentityChanged",
          describe(login) + " offers the host key " + fingerprint(offered) + ", pinned is " + expected +
              "; nothing was sent"};
}

}  // namespace vpcp::ssh
