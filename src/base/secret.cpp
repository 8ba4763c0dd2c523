#include "vpcp/base/secret.h"

#include <openssl/sha.h>
#include <sodium.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace vpcp {
namespace {

constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;  // RFC 4648 with padding

std::string to_hex(const unsigned char* bytes, std::size_t n) {
  std::string text(n * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes, n);
  text.pop_back();
  return text;
}

}  // namespace

Secret Secret::copy_of(std::string_view bytes) {
  Secret secret;
  if (bytes.empty()) return secret;
  init_crypto();  // sodium_malloc before it ends the process
  auto* memory = static_cast<unsigned char*>(sodium_malloc(bytes.size()));
  if (memory == nullptr) throw std::bad_alloc();
  std::memcpy(memory, bytes.data(), bytes.size());
  sodium_mprotect_readonly(memory);
  secret.bytes_ = std::shared_ptr<const unsigned char>(
      memory, [](const unsigned char* p) { sodium_free(const_cast<unsigned char*>(p)); });  // wipes
  secret.size_ = bytes.size();
  return secret;
}

Secret Secret::take(std::string&& bytes) {
  Secret secret = copy_of(bytes);
  wipe(bytes);
  return secret;
}

std::string_view Secret::reveal() const {
  return {reinterpret_cast<const char*>(bytes_.get()), size_};
}

bool operator==(const Secret& a, const Secret& b) {
  return a.size_ == b.size_ && (a.size_ == 0 || sodium_memcmp(a.bytes_.get(), b.bytes_.get(), a.size_) == 0);
}

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

void init_crypto() {
  if (sodium_init() < 0) {
    std::fputs("libsodium does not start on this system\n", stderr);
    std::abort();
  }
}

std::string sha256_hex(std::string_view bytes) {
  // OpenSSL's uses the processor's SHA instructions, libsodium's does not: a pass over a large mesh digests 1
  // MB.
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return to_hex(digest.data(), digest.size());
}

std::string base64_encode(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kBase64);
  text.pop_back();
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t n = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &n, &end, kBase64) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(n);
  return bytes;
}

std::string random_bytes(std::size_t n) {
  std::string bytes(n, '\0');
  randombytes_buf(bytes.data(), n);
  return bytes;
}

std::string random_uuid() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = to_hex(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

}  // namespace vpcp
