#include "api/own_yaml.h"

#include <algorithm>
#include <vector>

#include "api/document.h"

namespace vpcp {

using nlohmann::json;

namespace {

constexpr int kDeepest = 32;

struct Line {
  std::size_t indent{0};
  std::string_view text;
};

bool is_item(const Line& line) {
  return line.text.starts_with("- ");
}

class OwnYaml {
 public:
  std::optional<json> parse(std::string_view text) {
    if (!split(text) || lines_.empty() || lines_.front().indent != 0) return std::nullopt;
    json root = node(0, 0);
    if (failed_ || at_ != lines_.size()) return std::nullopt;
    return root;
  }

 private:
  bool split(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::string_view line = text.substr(at, end - at);
      at = end + 1;
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      line.remove_prefix(indent);
      if (line.empty() || line.front() == '\t' || line.front() == '#' || line.back() == ' ' ||
          line.back() == '\r' || line.starts_with("---"))
        return false;
      lines_.push_back({indent, line});
    }
    return true;
  }

  json fail() {
    failed_ = true;
    return {};
  }

  json node(std::size_t indent, int depth) {
    if (depth > kDeepest || at_ >= lines_.size() || lines_[at_].indent != indent) return fail();
    if (is_item(lines_[at_])) return list(indent, depth);
    if (const auto [key, value] = entry(lines_[at_].text); !key.empty()) return map(indent, depth);
    return scalar(lines_[at_++].text);
  }

  json list(std::size_t indent, int depth) {
    json out = json::array();
    while (!failed_ && at_ < lines_.size() && lines_[at_].indent == indent && is_item(lines_[at_])) {
      Line& line = lines_[at_];
      const std::size_t begin = std::min(line.text.find_first_not_of(' ', 1), line.text.size());
      line = {indent + begin, line.text.substr(begin)};
      out.push_back(node(line.indent, depth + 1));
    }
    if (at_ < lines_.size() && lines_[at_].indent > indent) return fail();
    return out;
  }

  json map(std::size_t indent, int depth) {
    json out = json::object();
    while (!failed_ && at_ < lines_.size() && lines_[at_].indent == indent && !is_item(lines_[at_])) {
      const auto [key, value] = entry(lines_[at_].text);
      if (key.empty()) return fail();
      const auto [entry_of_key, first] = out.emplace(key, nullptr);
      if (!first) return fail();
      ++at_;
      json& place = *entry_of_key;
      if (!value.empty()) {
        place = scalar(value);
      } else if (at_ < lines_.size() &&
                 (lines_[at_].indent > indent || (lines_[at_].indent == indent && is_item(lines_[at_])))) {
        place = node(lines_[at_].indent, depth + 1);
      } else {
        return fail();
      }
    }
    if (at_ < lines_.size() && lines_[at_].indent > indent) return fail();
    return out;
  }

  /// "key: value", or "key:" with an empty value; no key for anything else.
  static std::pair<std::string_view, std::string_view> entry(std::string_view text) {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
             c == '/' || c == '-' || c == '_';
    };
    std::size_t end = 0;
    while (end < text.size() && letter(text[end])) ++end;
    if (end == 0 || end >= text.size() || text[end] != ':') return {};
    if (end + 1 == text.size()) return {text.substr(0, end), {}};
    if (text[end + 1] != ' ') return {};
    return {text.substr(0, end), text.substr(end + 2)};
  }

  json scalar(std::string_view text) {
    if (text.front() == '{') return one_line_map(text);
    if (text == "[]") return json::array();
    if (text.front() == '"') return quoted(text);
    const bool odd = std::string_view("&*!|>%@`'[]{},#?").find(text.front()) != std::string_view::npos ||
                     text.starts_with("- ") || text.find(": ") != std::string_view::npos ||
                     text.find(" #") != std::string_view::npos || text.ends_with(':');
    return odd ? fail() : plain_scalar(std::string(text));
  }

  /// What JSON quotes in the same way; YAML knows more.
  json quoted(std::string_view text) {
    // Most texts mean what they show, and a parser of their own costs more than all the rest.
    const auto shows_itself = [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; };
    const std::string_view inner = text.size() < 2 ? "" : text.substr(1, text.size() - 2);
    if (text.size() >= 2 && text.back() == '"' && std::all_of(inner.begin(), inner.end(), shows_itself))
      return std::string(inner);
    json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
    return value.is_string() ? value : fail();
  }

  json one_line_map(std::string_view text) {
    json out = json::object();
    if (!text.ends_with('}')) return fail();
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
      const auto [key, rest] = entry(text);
      if (key.empty() || rest.empty() || out.contains(key)) return fail();
      std::size_t end = 0;
      if (rest.front() == '"') {
        end = 1;
        while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
        end = std::min(end + 1, rest.size());
      } else {
        end = std::min(rest.find(','), rest.size());
        if (rest.substr(0, end).find_first_of("{}[]") != std::string_view::npos) return fail();
      }
      if (end == 0) return fail();
      out[std::string(key)] = scalar(rest.substr(0, end));
      if (failed_) return {};
      text = rest.substr(end);
      if (text.empty()) break;
      if (!text.starts_with(", ") || text.size() == 2) return fail();
      text.remove_prefix(2);
    }
    return out;
  }

  std::vector<Line> lines_;
  std::size_t at_{0};
  bool failed_{false};
};

}  // namespace

std::optional<json> parse_own_yaml(std::string_view text) {
  return OwnYaml().parse(text);
}

}  // namespace vpcp
