#include "app/vpcpctl/tar.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vpcp::ctl {
namespace {

constexpr std::size_t kBlock = 512;

void put(std::string& header, std::size_t at, const std::string& text) {
  header.replace(at, text.size(), text);
}

std::string octal(std::uint64_t value, int digits) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%0*llo", digits, static_cast<unsigned long long>(value));
  return buffer.data();
}

}  // namespace

void TarFile::add(const std::string& name, const std::string& text) {
  std::string header(kBlock, '\0');
  put(header, 0, name.substr(0, 100));
  put(header, 100, "0000600");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, octal(text.size(), 11));
  put(header, 136, octal(static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(time_)), 11));
  put(header, 148, "        ");
  put(header, 156, "0");
  put(header, 257, "ustar");
  put(header, 263, "00");
  std::uint64_t sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(header, 148, octal(sum, 6) + std::string("\0 ", 2));
  bytes_ += header + text;
  bytes_.append((kBlock - text.size() % kBlock) % kBlock, '\0');
}

std::string TarFile::take() {
  bytes_.append(2 * kBlock, '\0');
  return std::move(bytes_);
}

}  // namespace vpcp::ctl
