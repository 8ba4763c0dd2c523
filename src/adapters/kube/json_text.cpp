#include "adapters/kube/json_text.h"

#include <algorithm>

#include "vpcp/api/read_json.h"
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

namespace {

/// Where the array that begins at `at` ends: behind its bracket, or at the end of a text that was cut.
std::size_t end_of_array(std::string_view text, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return at + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string without_managed_fields(std::string_view text) {
  // Inside a string its quotes would have backslashes before them, so behind a comma this is a member's name.
  static constexpr std::string_view kMember = R"(,"managedFields":[)";
  std::string out;
  out.reserve(text.size());
  std::size_t from = 0;
  for (std::size_t at = text.find(kMember); at != std::string_view::npos; at = text.find(kMember, from)) {
    out += text.substr(from, at - from);
    from = end_of_array(text, at + kMember.size() - 1);
  }
  return out += text.substr(std::min(from, text.size()));
}

json parse_answer(std::string_view text) {
  return parse_bounded_json(without_managed_fields(text));
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
