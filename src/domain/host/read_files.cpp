#include "domain/host/read_files.h"

#include <algorithm>

#include "domain/host/commands.h"
#include "vpcp/base/secret.h"

namespace vpcp {
namespace {

constexpr char kReadFiles[] =
    "for f; do\n"
    "  [ -f \"$f\" ] && [ \"$(stat -c %s \"$f\")\" -le 65536 ] || continue\n"
    "  printf '%s ' \"$f\"\n"
    "  base64 -w 0 \"$f\" && echo\n"
    "done\n"
    "exit 0\n";

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// WireGuard's own names are taken in any case.
bool is_public(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  constexpr std::string_view kName = "publickey";
  if (line.size() - begin < kName.size()) return false;
  for (std::size_t i = 0; i < kName.size(); ++i) {
    if ((line[begin + i] | 0x20) != kName[i]) return false;
  }
  return true;
}

/// Whatever has the form of a key of WireGuard, wherever it stands: in a comment or a command, too.
std::string line_without_keys(std::string_view line) {
  constexpr std::size_t kLetters = 43;
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at;
    while (end < line.size() && is_base64(line[end])) ++end;
    if (end - at == kLetters && end < line.size() && line[end] == '=') {
      out += shown_key(line.substr(at, kLetters + 1));
      at = end + 1;
      continue;
    }
    end = std::max(end, at + 1);
    out += line.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace

Command read_files_command(const std::vector<std::string>& paths) {
  return script_command(kReadFiles, "vpcp-read-files", paths);
}

std::string shown_key(std::string_view key) {
  return "(key " + sha256_hex(key).substr(0, 8) + ")";
}

std::string without_keys(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    out += is_public(line) ? std::string(line) : line_without_keys(line);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

std::map<std::string, std::string> parse_read_files(std::string_view answer) {
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t end = std::min(answer.find('\n', at), answer.size());
    const std::string_view line = answer.substr(at, end - at);
    at = end + 1;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    auto content = base64_decode(line.substr(space + 1));
    if (!content) continue;
    files[std::string(line.substr(0, space))] = without_keys(*content);
    wipe(*content);
  }
  return files;
}

}  // namespace vpcp
