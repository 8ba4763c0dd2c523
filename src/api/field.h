#pragma once
#include <array>
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

/// Where a field stands, "spec.sites[2].name", put together only when somebody is told: of the fields that
/// are read, almost none are refused. Names are not copied.
class FieldPath {
 public:
  FieldPath() = default;
  explicit FieldPath(std::string_view root) { add({root, kNoIndex}); }
  [[nodiscard]] FieldPath with(std::string_view name) const;
  [[nodiscard]] FieldPath with(std::size_t index) const;
  [[nodiscard]] std::string text() const;

 private:
  static constexpr std::size_t kNoIndex = std::string_view::npos;
  struct Step {
    std::string_view name;
    std::size_t index{kNoIndex};  ///< Of a list; then there is no name.
  };
  void add(const Step& step);

  std::array<Step, 12> steps_{};  ///< A VPCPeering is 8 deep; what were deeper would not be told.
  std::size_t depth_{0};
};

/// A field of a document, perhaps not written. Reading one never throws: what is wrong goes to the report,
/// and the answer is then nullopt, as it is for a field that is not written (null counts as not written).
class Field {
 public:
  /// `root`: the name of what is read, "" for a whole document. Names outlive the field.
  Field(const nlohmann::json* value, std::string_view root, Report& report)
      : Field(value, root.empty() ? FieldPath() : FieldPath(root), report) {}

  [[nodiscard]] bool written() const { return value_ != nullptr; }
  /// Precondition: written().
  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  /// The text that stands there; "" for anything else. Reports nothing.
  [[nodiscard]] std::string text_or_empty() const;

  /// Reports the field when it is not written, and says whether it is.
  [[nodiscard]] bool required(std::string_view fix) const;
  /// Reports anything but a map, and every name in it that is not known.
  [[nodiscard]] bool is_map(std::initializer_list<const char*> known) const;
  [[nodiscard]] bool is_map() const;
  /// Of a map; not written when this one is no map.
  [[nodiscard]] Field operator[](const char* name) const;
  [[nodiscard]] Field member(std::string_view name) const;
  /// Of a list; reports anything but a list.
  [[nodiscard]] std::vector<Field> items() const;

  /// Reports the field with its value.
  void refuse(std::string message, std::string fix) const;
  /// Reports the type that was met where `expected` ("text", "true or false") should stand.
  void refuse_type(const std::string& expected, std::string fix) const;

 private:
  Field(const nlohmann::json* value, const FieldPath& path, Report& report)
      : value_(value != nullptr && value->is_null() ? nullptr : value), path_(path), report_(&report) {}

  const nlohmann::json* value_;
  FieldPath path_;
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
