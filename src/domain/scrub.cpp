#include "domain/scrub.h"

namespace vpcp {
namespace {

constexpr std::size_t kKeyLength = 42;  // base64 of 32 bytes without padding, less one

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '=';
}

}  // namespace

std::string scrub(std::string_view text, std::size_t limit) {
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
  return out.size() <= limit ? out : "…" + out.substr(out.size() - limit);
}

}  // namespace vpcp
