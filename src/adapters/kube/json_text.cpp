#include "adapters/kube/json_text.h"

#include <algorithm>

#include "vpcp/base/whole_number.h"

namespace vpcp::kube {

using nlohmann::json;

const json& at(const json& root, std::initializer_list<const char*> path) {
  static const json kNothing;
  const json* here = &root;
  for (const char* name : path) {
    if (!here->is_object()) return kNothing;
    const auto member = here->find(name);
    if (member == here->end()) return kNothing;
    here = &*member;
  }
  return *here;
}

std::string text_at(const json& root, std::initializer_list<const char*> path) {
  const json& value = at(root, path);
  return value.is_string() ? value.get<std::string>() : "";
}

std::int64_t number_at(const json& root, std::initializer_list<const char*> path) {
  return whole_number<std::int64_t>(at(root, path)).value_or(0);
}

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_micro_time(SystemTime time) {
  std::string text = to_rfc3339(time);
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1000000;
  std::string fraction = std::to_string(micros);
  fraction.insert(0, 6 - fraction.size(), '0');
  return text.substr(0, text.size() - 1) + "." + fraction + "Z";
}

std::string shown(std::string text) {
  constexpr std::size_t kLongest = 400;
  if (text.size() > kLongest) text.resize(kLongest);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, ' ');
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

bool is_older(const std::string& a, const std::string& b) {
  const auto is_number = [](const std::string& text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_number(a) || !is_number(b)) return false;
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace vpcp::kube
