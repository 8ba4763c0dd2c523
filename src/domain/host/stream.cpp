#include "domain/host/stream.h"

#include <array>
#include <utility>

#include "domain/host/commands.h"
#include "domain/host/report_lines.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

constexpr std::array<std::pair<std::string_view, HintKind>, 4> kChanges{{{"tunnel", HintKind::Tunnel},
                                                                         {"unit", HintKind::Unit},
                                                                         {"file", HintKind::File},
                                                                         {"firewall", HintKind::Firewall}}};

/// The labels that `ip monitor label` puts before its lines. Links of other kinds of traffic (neighbours,
/// say) are not asked for.
std::optional<HintKind> monitored(std::string_view line) {
  for (const std::string_view label : {"[LINK]", "[ADDR]", "[ROUTE]", "[RULE]"}) {
    if (line.starts_with(label)) return HintKind::Network;
  }
  if (line.starts_with("[NETCONF]")) return HintKind::Kernel;
  return std::nullopt;
}

}  // namespace

const char* to_string(HintKind kind) {
  switch (kind) {
    case HintKind::Network:
      return "network";
    case HintKind::Tunnel:
      return "tunnel";
    case HintKind::Unit:
      return "unit";
    case HintKind::File:
      return "file";
    case HintKind::Kernel:
      return "kernel";
    case HintKind::Firewall:
      return "firewall";
  }
  return "";
}

Command watch_command() {
  return script_command(scripts::kWatch, "vpcp-watch", {"wg0"});
}

StreamLine parse_stream_line(std::string_view line) {
  if (const auto hint = monitored(line)) return {StreamLine::What::Changed, hint};
  const std::string_view word = take_word(line);
  if (word == "alive" && take_word(line).empty()) return {StreamLine::What::Alive, std::nullopt};
  if (word != "changed") return {};
  const std::string_view what = take_word(line);
  for (const auto& [name, kind] : kChanges) {
    if (what == name && take_word(line).empty()) return {StreamLine::What::Changed, kind};
  }
  return {};
}

}  // namespace vpcp
