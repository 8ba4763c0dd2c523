#include "adapters/directory/sealed_box.h"

#include <sodium.h>

#include "adapters/directory/files.h"
#include "adapters/directory/state_files.h"

namespace vpcp::directory {

namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Error bad_key_file(const std::filesystem::path& path, const std::string& what) {
  return {ErrorKind::Denied, "StateKeyRefused", path.string() + " " + what, {}};
}

}  // namespace

Result<SealedBox> SealedBox::with_key_file(const std::filesystem::path& path) {
  auto file = TRY(read_state_file(path, kKeyBytes + 1));
  if (!file) {
    std::string key = random_bytes(kKeyBytes);
    TRY(write_file(path, key));
    return SealedBox(Secret::take(std::move(key)));
  }
  Secret key = Secret::take(std::move(file->text));
  if ((file->mode & 0077U) != 0)
    return bad_key_file(path, "can be read by others: chmod 600 " + path.string());
  if (key.size() != kKeyBytes)
    return bad_key_file(path, "is not a key of 32 bytes: restore it from a backup");
  return SealedBox(std::move(key));
}

std::string SealedBox::seal(std::string_view text, const std::string& name) const {
  const std::string nonce = random_bytes(kNonceBytes);
  std::string sealed(text.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed), nullptr, bytes(text), text.size(),
                                             bytes(std::string_view(name)), name.size(), nullptr,
                                             bytes(std::string_view(nonce)), bytes(key_.reveal()));
  return base64_encode(nonce + sealed);
}

std::optional<std::string> SealedBox::open(const std::string& sealed, const std::string& name) const {
  const auto raw = base64_decode(sealed);
  if (!raw || raw->size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view nonce = std::string_view(*raw).substr(0, kNonceBytes);
  const std::string_view box = std::string_view(*raw).substr(kNonceBytes);
  std::string text(box.size() - kTagBytes, '\0');
  const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes(text), nullptr, nullptr, bytes(box), box.size(), bytes(std::string_view(name)), name.size(),
      bytes(nonce), bytes(key_.reveal()));
  if (refused != 0) return std::nullopt;
  return text;
}

}  // namespace vpcp::directory
