#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp::directory {

/// Seals texts under one key by XChaCha20-Poly1305. A sealed text opens only under the name it was sealed
/// for, so that one cannot be put in another's place. Thread-safe.
class SealedBox {
 public:
  /// The key in the file, which is made (mode 0600) when there is none.
  static Result<SealedBox> with_key_file(const std::filesystem::path& path);

  /// Nonce and sealed text, in base64.
  [[nodiscard]] std::string seal(std::string_view text, const std::string& name) const;
  /// nullopt: other key, other name, or changed since. The caller wipes the text.
  [[nodiscard]] std::optional<std::string> open(const std::string& sealed, const std::string& name) const;

 private:
  explicit SealedBox(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

}  // namespace vpcp::directory
