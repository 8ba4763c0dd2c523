#include "domain/scrub.h"

#include <algorithm>

namespace vpcp {
namespace {

constexpr std::size_t kKeyLength = 42;  // base64 of 32 bytes without padding, less one

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '=';
}

/// The last `limit` bytes; UTF-8 sequences stay whole.
std::string tail_of(const std::string& text, std::size_t limit) {
  std::size_t begin = text.size() - limit;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0U) == 0x80U) ++begin;
  return text.substr(begin);
}

}  // namespace

std::string without_pem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN";
  constexpr std::string_view kEnd = "-----END";
  std::string out;
  for (std::size_t begin = text.find(kBegin); begin != text.npos; begin = text.find(kBegin)) {
    out.append(text.substr(0, begin)) += "[key]";
    const std::size_t end = text.find(kEnd, begin);
    text.remove_prefix(std::min(end, text.size()));  // a block that is cut off has no end
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  return out.append(text);
}

std::string scrub(std::string_view from, std::size_t limit) {
  const std::string plain = without_pem(from);
  const std::string_view text = plain;
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_base64(text[end])) ++end;
    if (end - i >= kKeyLength) {
      out += "[key]";
      i = end;
    } else if (end > i) {
      out.append(text.substr(i, end - i));
      i = end;
    } else {
      const auto c = static_cast<unsigned char>(text[i++]);
      out += c < 0x20 || c == 0x7f ? ' ' : static_cast<char>(c);
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.size() <= limit ? out : "…" + tail_of(out, limit);
}

}  // namespace vpcp
