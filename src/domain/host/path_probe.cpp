#include "domain/host/path_probe.h"

#include <string>

#include "domain/host/commands.h"
#include "domain/host/report_lines.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

constexpr int kLargestPacket = 65535;
/// Ten pings at the usual pace, 0.4 s, or at that of a ping that lets only root be faster, 2 s; and a slow
/// host.
constexpr seconds kTenPings{4};

std::optional<int> read_size(std::string_view text) {
  const auto size = parse_number<int>(text);
  return size && *size > 0 && *size <= kLargestPacket ? size : std::nullopt;
}

}  // namespace

Command path_command(const std::map<Ipv4, std::vector<int>>& sizes, milliseconds limit) {
  std::vector<std::string> arguments{in_seconds(limit)};
  for (const auto& [address, of_address] : sizes) {
    arguments.push_back(address.str() + "=whole");
    for (const int size : of_address) arguments.push_back(address.str() + '=' + std::to_string(size));
  }
  Command command = script_command(scripts::kPath, "vpcp-path", std::move(arguments));
  command.limit = std::chrono::ceil<seconds>(limit) + kTenPings;
  command.aside = true;
  return command;
}

std::optional<PathReport> parse_path_report(std::string_view text) {
  PathReport out;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto size = read_size(line.substr(equals + 1));
    if (!size) continue;
    if (line.substr(0, equals) == "mtu") out.mtu = *size;
    if (const auto address = Ipv4::parse(line.substr(0, equals))) out.crossed[*address].insert(*size);
  }
  return out.mtu > 0 ? std::optional(out) : std::nullopt;
}

}  // namespace vpcp
