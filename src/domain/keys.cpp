#include "domain/keys.h"

#include <sodium.h>

#include <array>

namespace vpcp {
namespace {

using Key32 = std::array<unsigned char, 32>;

std::string_view bytes_of(const unsigned char* data, std::size_t n) {
  return {reinterpret_cast<const char*>(data), n};
}

Secret base64_secret(const Key32& key) {
  return Secret::take(base64_encode(bytes_of(key.data(), key.size())));
}

std::string public_key_of(const Key32& private_key) {
  Key32 public_key{};
  if (crypto_scalarmult_base(public_key.data(), private_key.data()) != 0) return {};
  return base64_encode(bytes_of(public_key.data(), public_key.size()));
}

/// SSH wire format (RFC 4251 section 5).
void append_u32(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 255U);
}
void append_string(std::string& out, std::string_view text) {
  append_u32(out, text.size());
  out += text;
}

std::string public_blob(std::string_view public_key) {
  std::string blob;
  append_string(blob, "ssh-ed25519");
  append_string(blob, public_key);
  return blob;
}

/// The unencrypted container of OpenSSH's PROTOCOL.key.
std::string private_blob(std::string_view public_key, std::string_view secret_key) {
  std::string inner;
  inner.reserve(256);  // no reallocation: it would leave copies of the key behind
  inner += random_bytes(4);
  inner += inner;  // the two check integers are equal
  append_string(inner, "ssh-ed25519");
  append_string(inner, public_key);
  append_string(inner, secret_key);
  append_string(inner, "vpcp");
  for (char pad = 1; inner.size() % 8 != 0; ++pad) inner += pad;

  std::string blob;
  blob.reserve(512);
  blob.append("openssh-key-v1\0", 15);
  append_string(blob, "none");
  append_string(blob, "none");
  append_string(blob, "");
  append_u32(blob, 1);
  append_string(blob, public_blob(public_key));
  append_string(blob, inner);
  wipe(inner);
  return blob;
}

Secret pem(std::string&& blob) {
  std::string base64 = base64_encode(blob);
  wipe(blob);
  std::string text;
  text.reserve(base64.size() + 128);  // no reallocation: it would leave copies behind
  text += "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (std::size_t i = 0; i < base64.size(); i += 70) text.append(base64, i, 70) += '\n';
  text += "-----END OPENSSH PRIVATE KEY-----\n";
  wipe(base64);
  return Secret::take(std::move(text));
}

}  // namespace

WireGuardKeyPair new_wireguard_key_pair() {
  Key32 key{};
  randombytes_buf(key.data(), key.size());
  key[0] &= 248;  // the clamping of RFC 7748 section 5, so that the text is the canonical one
  key[31] = static_cast<unsigned char>((key[31] & 127) | 64);
  WireGuardKeyPair pair{base64_secret(key), public_key_of(key)};
  sodium_memzero(key.data(), key.size());
  return pair;
}

std::string wireguard_public_key(const Secret& private_key) {
  auto decoded = base64_decode(private_key.reveal());
  if (!decoded || decoded->size() != 32) return {};
  Key32 key{};
  std::copy(decoded->begin(), decoded->end(), key.begin());
  wipe(*decoded);
  std::string text = public_key_of(key);
  sodium_memzero(key.data(), key.size());
  return text;
}

Secret new_preshared_key() {
  Key32 key{};
  randombytes_buf(key.data(), key.size());
  Secret secret = base64_secret(key);
  sodium_memzero(key.data(), key.size());
  return secret;
}

SshKeyPair new_ssh_key_pair() {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_keypair(public_key.data(), secret_key.data());
  const std::string_view public_bytes = bytes_of(public_key.data(), public_key.size());
  SshKeyPair pair{pem(private_blob(public_bytes, bytes_of(secret_key.data(), secret_key.size()))),
                  "ssh-ed25519 " + base64_encode(public_blob(public_bytes))};
  sodium_memzero(secret_key.data(), secret_key.size());
  return pair;
}

std::string ssh_fingerprint(const HostKeyLine& line) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return "invalid key";
  const auto blob = base64_decode(line.substr(space + 1, line.find(' ', space + 1) - space - 1));
  if (!blob) return "invalid key";
  Key32 digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(blob->data()), blob->size());
  std::string text = base64_encode(bytes_of(digest.data(), digest.size()));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return "SHA256:" + text;
}

}  // namespace vpcp
