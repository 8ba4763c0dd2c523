#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vpcp {

/// Bytes that must not be seen: held in guarded memory that is wiped when the last copy goes (libsodium's
/// sodium_malloc). Copies share the bytes. There is no text form on purpose, so logging or formatting one
/// does not compile. Thread-safe like a shared_ptr to const.
class Secret {
 public:
  Secret() = default;  ///< Empty.
  /// Takes a copy; the caller wipes its own with wipe() where it has one.
  static Secret copy_of(std::string_view bytes);
  /// Takes the bytes and wipes `bytes`.
  static Secret take(std::string&& bytes);

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The bytes, valid as long as a copy of this Secret lives. Call it only where the bytes leave for their
  /// destination.
  [[nodiscard]] std::string_view reveal() const;
  /// Constant-time for equal sizes.
  friend bool operator==(const Secret& a, const Secret& b);

 private:
  std::shared_ptr<const unsigned char> bytes_;
  std::size_t size_{0};
};

/// Overwrites the text in place and empties it.
void wipe(std::string& text);
/// Must be called once before any use of keys or secrets, at the start of main and of each test program that
/// needs it. Calling it again is harmless. Ends the process when libsodium cannot start.
void init_crypto();

/// Lower-case hex SHA-256 of the bytes (FIPS 180-4).
std::string sha256_hex(std::string_view bytes);
/// RFC 4648 base64 with padding.
std::string base64_encode(std::string_view bytes);
/// The bytes of canonical base64, nullopt for anything else.
std::optional<std::string> base64_decode(std::string_view text);
/// `n` bytes from the system's generator.
std::string random_bytes(std::size_t n);
/// A random lower-case UUID, version 4 (RFC 9562).
std::string random_uuid();

}  // namespace vpcp
