#include <algorithm>
#include <array>

#include "domain/host/commands.h"
#include "domain/host/look.h"
#include "domain/host/report_lines.h"
#include "domain/host/report_sections.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

constexpr std::size_t kMaxTail = 600;

/// A part of the report; the first runs from its head to the first mark.
enum class Section { Plain, Clamp, Ufw, Filter, Digests, Permissions, Network, End };

std::optional<Section> section_mark(std::string_view line) {
  static constexpr std::array<std::pair<std::string_view, Section>, 7> kMarks{{
      {"@clamp", Section::Clamp},
      {"@ufw", Section::Ufw},
      {"@filter", Section::Filter},
      {"@digests", Section::Digests},
      {"@permissions", Section::Permissions},
      {"@network", Section::Network},
      {"@end", Section::End},
  }};
  for (const auto& [mark, section] : kMarks) {
    if (line == mark) return section;
  }
  return std::nullopt;
}

/// Sets the flag that a line of one word stands for.
bool read_flag(std::string_view word, HostFacts& facts) {
  if (word == "cloud_init_enabled") {
    if (facts.cloud_init == CloudInit::Absent) facts.cloud_init = CloudInit::Running;
  } else if (word == "cloud_init_done") {
    facts.cloud_init = CloudInit::Done;
  } else if (word == "cloud_config") {
    facts.cloud_config_folder = true;
  } else if (word == "reboot_required") {
    facts.reboot_required = true;
  } else if (word == "netplan") {
    facts.netplan_installed = true;
  } else if (word == "state_folder") {
    facts.state_folder = true;
  } else if (word == "wireguard_installed") {
    facts.wireguard_installed = true;
  } else if (word == "unit_active") {
    facts.unit.active = true;
  } else if (word == "unit_enabled") {
    facts.unit.enabled = true;
  } else if (word == "unit_masked") {
    facts.unit.masked = true;
  } else {
    return false;
  }
  return true;
}

void add_to_tail(BootstrapFacts& bootstrap, std::string_view line) {
  if (bootstrap.tail.size() >= kMaxTail) return;
  if (!bootstrap.tail.empty()) bootstrap.tail += "; ";
  bootstrap.tail += printable(line, kMaxTail - std::min(kMaxTail, bootstrap.tail.size()));
}

/// "ok|errors BOOT-ID yes|no", then lines of the log. A script that has just ended may still count as
/// running.
bool read_bootstrap_done(std::string_view rest, BootstrapFacts& bootstrap) {
  using State = BootstrapFacts::State;
  if (bootstrap.state == State::Done || bootstrap.state == State::DoneWithErrors) {
    add_to_tail(bootstrap, rest);
    return true;
  }
  const auto words = split_words(rest);
  if (words.size() != 3) return false;
  bootstrap.state = words[0] == "ok" ? State::Done : State::DoneWithErrors;
  bootstrap.boot_id = printable(words[1], 64);
  bootstrap.wants_reboot = words[2] == "yes";
  return true;
}

bool read_bootstrap_failed(std::string_view rest, BootstrapFacts& bootstrap) {
  using State = BootstrapFacts::State;
  if (bootstrap.state == State::Done || bootstrap.state == State::DoneWithErrors) return true;
  if (bootstrap.state == State::Failed) {
    add_to_tail(bootstrap, rest);
    return true;
  }
  const auto at = parse_number<std::int64_t>(rest);
  if (!at) return false;
  bootstrap.state = State::Failed;
  bootstrap.failed_at = seconds(*at);
  return true;
}

/// "file PATH" or "absent PATH".
bool read_kept_file(std::string_view rest, HostFacts& facts) {
  const auto what = take_word(rest);
  const auto path = take_word(rest);
  if ((what != "file" && what != "absent") || path.empty()) return false;
  facts.kept_files.emplace_back(path);
  return true;
}

bool read_kept_route(std::string_view rest, HostFacts& facts) {
  const auto destination = Cidr::parse(take_word(rest));
  if (!destination) return false;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  facts.kept_routes.push_back({*destination, std::string(rest.substr(0, rest.find_last_not_of(' ') + 1))});
  return true;
}

bool read_system(std::string_view rest, HostFacts& facts) {
  const auto words = split_words(rest);
  if (words.size() != 2) return false;
  facts.os_id = printable(words[0], 64);
  facts.os_version = printable(words[1], 64);
  return true;
}

bool read_clock(std::string_view rest, HostFacts& facts) {
  const auto now = parse_number<std::int64_t>(rest);
  facts.clock = seconds(now.value_or(0));
  return now.has_value();
}

bool read_host_key(std::string_view rest, HostFacts& facts) {
  const auto words = split_words(rest);
  if (words.size() >= 2) facts.host_key = std::string(words[0]) + " " + std::string(words[1]);
  return words.size() >= 2;
}

/// A token of ours has letters, digits and dashes; another one is not ours to confirm.
bool read_undo(std::string_view rest, HostFacts& facts) {
  const auto ours = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (!rest.empty() && std::all_of(rest.begin(), rest.end(), ours)) facts.undos.emplace_back(rest);
  return true;
}

bool read_preshared(std::string_view rest, HostFacts& facts) {
  if (!facts.tunnel) return false;
  facts.tunnel->preshared_digest = std::string(take_word(rest));
  return true;
}

/// The greater of all interfaces' and wg0's counts.
bool read_rp_filter(std::string_view rest, HostFacts& facts) {
  const auto value = parse_number<int>(rest);
  facts.rp_filter = std::max(facts.rp_filter, value.value_or(0));
  return value.has_value();
}

/// "    enp6s0:", the line of our netplan file; anything else after somebody has edited it.
bool read_netplan_nic(std::string_view rest, HostFacts& facts) {
  std::string_view name = take_word(rest);
  if (name.ends_with(':')) facts.netplan_nic = printable(name.substr(0, name.size() - 1), 64);
  return true;
}

bool read_plain(std::string_view line, HostFacts& facts) {
  std::string_view rest = line;
  const auto word = take_word(rest);
  if (!rest.empty()) rest.remove_prefix(1);
  if (word == "boot_id") return facts.boot_id = printable(rest, 64), true;
  if (word == "ip_forward") return facts.ip_forward = rest == "1", true;
  if (word == "os") return read_system(rest, facts);
  if (word == "clock") return read_clock(rest, facts);
  if (word == "bootstrap_done") return read_bootstrap_done(rest, facts.bootstrap);
  if (word == "bootstrap_failed") return read_bootstrap_failed(rest, facts.bootstrap);
  if (word == "bootstrap_running") return facts.bootstrap.state = BootstrapFacts::State::Running, true;
  if (word == "kept_file") return read_kept_file(rest, facts);
  if (word == "kept_route") return read_kept_route(rest, facts);
  if (word == "undo") return read_undo(rest, facts);
  if (word == "owner") return facts.owner = printable(rest, 64), true;
  if (word == "host_key") return read_host_key(rest, facts);
  if (word == "tunnel") return read_tunnel(rest, facts);
  if (word == "peer") return read_tunnel_peer(rest, facts);
  if (word == "rp_filter") return read_rp_filter(rest, facts);
  if (word == "netplan_nic") return read_netplan_nic(rest, facts);
  if (word == "preshared") return read_preshared(rest, facts);
  return read_flag(word, facts);
}

bool read_line(Section section, std::string_view line, HostFacts& facts) {
  switch (section) {
    case Section::Plain:
      return read_plain(line, facts);
    case Section::Clamp:
      return read_clamp(line, facts);
    case Section::Ufw:
      return read_ufw(line, facts);
    case Section::Filter:
      return read_filter_rule(line, facts);
    case Section::Digests:
      return read_digest(line, facts);
    case Section::Permissions:
      return read_permissions(line, facts);
    case Section::Network:
      return read_network(line, facts);
    case Section::End:
      return true;
  }
  return false;
}

Error unreadable(std::string_view what) {
  return Error{ErrorKind::Transient, "HostReportUnreadable",
               "the host's report cannot be read: " + printable(what, 60)};
}

}  // namespace

Command look_command(HostRole role) {
  Command command =
      script_command(scripts::kLook, "vpcp-look", {role == HostRole::Gateway ? "gateway" : "server"});
  command.limit = seconds{20};
  return command;
}

Result<HostFacts> parse_host_report(std::string_view text) {
  std::string_view head;
  while (!text.empty() && head != "vpcp-report 1") head = take_line(text);
  if (head != "vpcp-report 1") return unreadable("it has no head");
  HostFacts facts;
  Section section = Section::Plain;
  while (!text.empty() && section != Section::End) {
    const auto line = take_line(text);
    if (const auto mark = section_mark(line)) {
      section = *mark;
      if (section == Section::Ufw) facts.ufw.emplace();
    } else if (line.size() > kMaxReportLine || !read_line(section, line, facts)) {
      return unreadable(line.substr(0, line.find(' ')));
    }
  }
  if (section != Section::End) return unreadable("it is cut short");
  if (facts.boot_id.empty() || facts.clock.count() == 0) return unreadable("boot id or clock are missing");
  return facts;
}

const LinkFacts* find_link_with(const HostFacts& facts, Ipv4 address) {
  for (const LinkFacts& link : facts.links) {
    for (const InterfaceAddress& own : link.addresses) {
      if (own.address == address) return &link;
    }
  }
  return nullptr;
}

const LinkFacts* find_link(const HostFacts& facts, const std::string& name) {
  const auto found = std::find_if(facts.links.begin(), facts.links.end(),
                                  [&](const LinkFacts& link) { return link.name == name; });
  return found == facts.links.end() ? nullptr : &*found;
}

}  // namespace vpcp
