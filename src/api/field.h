#pragma once
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vpcp/api/read.h"

namespace vpcp {

/// Where the errors of one document go.
struct Report {
  const Source& source;
  std::vector<FieldError>& errors;
  bool hide_values{false};  ///< For Secrets: an error must not show what stands there.
  /// For objects from a store: a newer version may have written fields that are not known here.
  bool unknown_names_pass{false};
};

/// A field of a document, perhaps not written. Reading one never throws: what is wrong goes to the report,
/// and the answer is then nullopt, as it is for a field that is not written (null counts as not written).
class Field {
 public:
  Field(const nlohmann::json* value, std::string path, Report& report)
      : value_(value != nullptr && value->is_null() ? nullptr : value),
        path_(std::move(path)),
        report_(&report) {}

  [[nodiscard]] bool written() const { return value_ != nullptr; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Precondition: written().
  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  /// The text that stands there; "" for anything else. Reports nothing.
  [[nodiscard]] std::string text_or_empty() const;

  /// Reports the field when it is not written, and says whether it is.
  [[nodiscard]] bool required(const std::string& fix) const;
  /// Reports anything but a map, and every name in it that is not known.
  [[nodiscard]] bool is_map(std::initializer_list<const char*> known) const;
  [[nodiscard]] bool is_map() const;
  /// Of a map; not written when this one is no map.
  [[nodiscard]] Field operator[](const char* name) const;
  [[nodiscard]] Field member(const std::string& name) const;
  /// Of a list; reports anything but a list.
  [[nodiscard]] std::vector<Field> items() const;

  /// Reports the field with its value.
  void refuse(std::string message, std::string fix) const;
  /// Reports the type that was met where `expected` ("text", "true or false") should stand.
  void refuse_type(const std::string& expected, std::string fix) const;

 private:
  [[nodiscard]] std::string field_path(const std::string& name) const;

  const nlohmann::json* value_;
  std::string path_;
  Report* report_;
};

/// What a text must look like.
struct TextRule {
  bool (*accepts)(std::string_view);
  const char* message;
  const char* fix;
};
extern const TextRule kFreeText;   ///< 1 to 255 bytes of printable UTF-8.
extern const TextRule kDnsLabel;   ///< DNS-1123 label.
extern const TextRule kDnsName;    ///< Object names: DNS-1123 labels with dots, at most 63 characters.
extern const TextRule kCloudId;    ///< Ids of the cloud: letters, digits, "-", "_" and ".".
extern const TextRule kUserName;   ///< POSIX portable login names.
extern const TextRule kSecretKey;  ///< Keys of a Secret's data.
extern const TextRule kHostKey;    ///< "ssh-ed25519 AAAA…", type and base64, no comment.

std::optional<std::string> read_text(const Field& field, const TextRule& rule = kFreeText);
std::optional<bool> read_bool(const Field& field);
std::optional<std::int64_t> read_integer(const Field& field, std::int64_t least, std::int64_t most);
std::optional<Cidr> read_cidr(const Field& field);
/// "25s", "1m30s", "2h".
std::optional<seconds> read_duration(const Field& field, seconds least, seconds most);
std::string duration_text(seconds duration);

template <class E>
using Names = std::initializer_list<std::pair<const char*, E>>;

/// One of a few words, named in the error when it is none of them.
std::optional<std::size_t> read_word(const Field& field, std::span<const char* const> words);

template <class E>
std::optional<E> read_choice(const Field& field, Names<E> names) {
  std::vector<const char*> words;
  for (const auto& [word, value] : names) words.push_back(word);
  const auto index = read_word(field, words);
  if (!index) return std::nullopt;
  return (names.begin() + *index)->second;
}

template <class E>
const char* name_of(Names<E> names, E wanted) {
  for (const auto& [word, value] : names) {
    if (value == wanted) return word;
  }
  return "";
}

/// Leaves `out` as it is, its default, for a field that is not written or cannot be read.
template <class T, class U>
void assign(T& out, std::optional<U> read) {
  if (read) out = static_cast<T>(*std::move(read));
}

}  // namespace vpcp
