#include "lab/fields.h"

#include <charconv>

#include "vpcp/base/whole_number.h"

namespace vpcp::lab {

const Json* Fields::member(const char* name) const {
  const auto found = body_.find(name);
  return found == body_.end() || found->is_null() ? nullptr : &*found;
}

bool Fields::has(const char* name) const {
  return member(name) != nullptr;
}

void Fields::wrong(const char* name) {
  if (wrong_.empty()) wrong_ = name;
}

std::optional<std::string> Fields::text(const char* name) {
  const Json* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  wrong(name);
  return std::nullopt;
}

std::optional<bool> Fields::flag(const char* name) {
  const Json* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  wrong(name);
  return std::nullopt;
}

std::optional<int> Fields::number(const char* name) {
  const Json* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (const auto number = whole_number<int>(*value)) return number;
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    int number = 0;
    const char* end = text.data() + text.size();
    if (const auto [rest, error] = std::from_chars(text.data(), end, number);
        error == std::errc{} && rest == end) {
      return number;
    }
  }
  wrong(name);
  return std::nullopt;
}

std::optional<double> Fields::real(const char* name) {
  const Json* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  wrong(name);
  return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::list(const char* name) {
  const Json* value = member(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> out;
  if (value->is_array()) {
    for (const Json& entry : *value) {
      if (entry.is_string()) out.push_back(entry.get<std::string>());
    }
    if (out.size() == value->size()) return out;
  }
  wrong(name);
  return std::nullopt;
}

Answer<Done> Fields::check() const {
  if (wrong_.empty()) return Done{};
  return Refusal{400, "Invalid value for parameter: " + wrong_};
}

}  // namespace vpcp::lab
