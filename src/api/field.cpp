#include "api/field.h"

#include <algorithm>
#include <cctype>

#include "api/document.h"
#include "vpcp/base/whole_number.h"

namespace vpcp {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxShown = 80;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// Levenshtein distance, letter case aside.
std::size_t distance(std::string_view left, std::string_view right) {
  const std::string a = lower(left.substr(0, 64));
  const std::string b = lower(right);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row[b.size()];
}

std::string joined(std::span<const char* const> words) {
  std::string out;
  for (const char* word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

std::string advice(std::string_view unknown, std::span<const char* const> known) {
  constexpr std::size_t kLikelyTypo = 2;
  const auto nearest =
      std::ranges::min_element(known, {}, [&](const char* word) { return distance(unknown, word); });
  if (nearest != known.end() && distance(unknown, *nearest) <= kLikelyTypo) {
    return "did you mean \"" + std::string(*nearest) + "\"?";
  }
  return "known here: " + joined(known);
}

/// Bytes of a value that a person may be shown: on one line, of bounded length. Of a map nothing: its place
/// says more.
std::string shown(const json& value) {
  if (value.is_object()) return "";
  std::string text = value.is_string() ? value.get<std::string>()
                                       : value.dump(-1, ' ', false, json::error_handler_t::replace);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() <= kMaxShown) return text;
  std::size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;  // not inside a character
  return text.substr(0, end) + "…";
}

const char* type_of(const json& value) {
  if (value.is_object()) return "is a map";
  if (value.is_array()) return "is a list";
  if (value.is_boolean()) return "is true or false";
  if (value.is_number()) return "is a number";
  return "is text";
}

}  // namespace

void FieldPath::add(const Step& step) {
  if (depth_ < steps_.size()) steps_[depth_++] = step;
}

FieldPath FieldPath::with(std::string_view name) const {
  FieldPath longer = *this;
  longer.add({name, kNoIndex});
  return longer;
}

FieldPath FieldPath::with(std::size_t index) const {
  FieldPath longer = *this;
  longer.add({{}, index});
  return longer;
}

std::string FieldPath::text() const {
  std::string text;
  for (const Step& step : std::span(steps_).first(depth_))
    text = step.index == kNoIndex ? field_path(text, std::string(step.name)) : item_path(text, step.index);
  return text;
}

std::string Field::text_or_empty() const {
  return written() && value_->is_string() ? value_->get<std::string>() : "";
}

bool Field::required(std::string_view fix) const {
  if (written()) return true;
  report_->errors.push_back(
      report_->source.located({"", 0, 0, path_.text(), "", "is required", std::string(fix)}));
  return false;
}

bool Field::is_map() const {
  if (!written()) return false;
  if (json().is_object()) return true;
  refuse_type("a map", "write fields with their values under it");
  return false;
}

bool Field::is_map(std::initializer_list<const char*> known) const {
  if (!is_map()) return false;
  if (report_->unknown_names_pass) return true;
  for (const auto& [name, value] : json().items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    FieldError error{"",
                     0,
                     0,
                     path_.with(name).text(),
                     "",
                     "is not a known field",
                     advice(name, {known.begin(), known.size()})};
    report_->errors.push_back(report_->source.located(std::move(error)));
  }
  return true;
}

Field Field::operator[](const char* name) const {
  return member(name);
}

Field Field::member(std::string_view name) const {
  const nlohmann::json* value = nullptr;
  if (written() && json().is_object()) {
    const auto found = json().find(name);
    if (found != json().end()) value = &*found;
  }
  return {value, path_.with(name), *report_};
}

std::vector<Field> Field::items() const {
  if (!written()) return {};
  if (!json().is_array()) {
    refuse_type("a list", "write each item on a line of its own that begins with \"- \"");
    return {};
  }
  std::vector<Field> out;
  for (const nlohmann::json& item : json()) {
    out.push_back(Field(&item, path_.with(out.size()), *report_));
  }
  return out;
}

void Field::refuse(std::string message, std::string fix) const {
  const std::string value = written() && !report_->hide_values ? shown(json()) : "";
  report_->errors.push_back(
      report_->source.located({"", 0, 0, path_.text(), value, std::move(message), std::move(fix)}));
}

void Field::refuse_type(const std::string& expected, std::string fix) const {
  refuse(std::string(type_of(json())) + ", not " + expected, std::move(fix));
}

std::optional<std::string> read_text(const Field& field, const TextRule& rule) {
  if (!field.written()) return std::nullopt;
  if (!field.json().is_string()) {
    const bool scalar = field.json().is_primitive();
    field.refuse_type("text", scalar ? "put it in quotes" : "write one value");
    return std::nullopt;
  }
  auto text = field.json().get<std::string>();
  if (rule.accepts(text)) return text;
  field.refuse(rule.message, rule.fix);
  return std::nullopt;
}

std::optional<bool> read_bool(const Field& field) {
  if (!field.written()) return std::nullopt;
  if (field.json().is_boolean()) return field.json().get<bool>();
  field.refuse("is neither true nor false", "write true or false, without quotes");
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Field& field, std::int64_t least, std::int64_t most) {
  if (!field.written()) return std::nullopt;
  const auto range = [&] {
    return "write a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  };
  const json& value = field.json();
  if (!value.is_number_integer()) {
    field.refuse("is not a whole number", range() + ", without quotes");
    return std::nullopt;
  }
  const auto number = whole_number<std::int64_t>(value);
  if (number && *number >= least && *number <= most) return number;
  field.refuse("is out of range", range());
  return std::nullopt;
}

std::optional<std::size_t> read_word(const Field& field, std::span<const char* const> words) {
  if (!field.written()) return std::nullopt;
  if (field.json().is_string()) {
    const auto& text = field.json().get_ref<const std::string&>();
    const auto found = std::ranges::find_if(words, [&](const char* word) { return text == word; });
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  field.refuse("is not one of the words known here", "write one of " + joined(words));
  return std::nullopt;
}

}  // namespace vpcp
