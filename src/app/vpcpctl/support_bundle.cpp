#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <system_error>

#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/controller_log.h"
#include "app/vpcpctl/dry_pass.h"
#include "app/vpcpctl/plan_store.h"
#include "app/vpcpctl/tar.h"
#include "controllers/account_key.h"
#include "domain/host/read_files.h"
#include "domain/scrub.h"
#include "views/explain_view.h"
#include "views/ledger_view.h"
#include "vpcp/api/write.h"
#include "vpcp/base/file_descriptor.h"

namespace vpcp::ctl {
namespace {

/// One with a control character within is sent nowhere, but the key may be a part of it.
void add_parts(std::vector<Secret>& keys, std::string_view value) {
  constexpr std::size_t kShortest = 8;  // shorter ones are words of other texts, too
  const auto is_between = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
  while (!value.empty()) {
    const auto end = std::ranges::find_if(value, is_between);
    const std::string_view part = value.substr(0, static_cast<std::size_t>(end - value.begin()));
    if (part.size() >= kShortest) keys.push_back(Secret::copy_of(part));
    value.remove_prefix(std::min(part.size() + 1, value.size()));
  }
}

void add_key(std::vector<Secret>& keys, const Secret& value) {
  if (auto key = usable_api_key(value, {}); key.ok())
    keys.push_back(*key);
  else
    add_parts(keys, value.reveal());
}

/// Those that the environment and the objects' Secrets have, as far as they can be read; the longest ones
/// first, since one may have another in it.
std::vector<Secret> known_api_keys(Session& session, const std::vector<VpcPeering>& peerings) {
  std::vector<Secret> keys;
  if (const char* own = std::getenv("VULTR_API_KEY"); own != nullptr) add_key(keys, Secret::copy_of(own));
  PlanStore store(session.store(), {});
  for (const VpcPeering& peering : peerings) {
    const auto& name = peering.spec.credentials_secret;
    if (!name) continue;
    const auto data = store.get_secret(session.context(), {peering.meta.ns, *name});
    if (!data.ok() || !*data) continue;
    if (const auto value = (*data)->find("apiKey"); value != (*data)->end()) add_key(keys, value->second);
  }
  std::ranges::sort(keys, std::ranges::greater{}, &Secret::size);
  return keys;
}

/// The archive, whose texts are scrubbed line by line, and without the API keys, which may look like none.
/// Nothing here is meant to hold one; what people wrote into an object or its status, and what hosts said,
/// may.
class Bundle {
 public:
  Bundle(SystemTime now, std::vector<Secret> api_keys) : tar_(now), api_keys_(std::move(api_keys)) {}
  void add(const std::string& name, const std::string& text) { add_scrubbed(name, scrubbed(text)); }
  /// A value that begins with "[" is a list in YAML.
  void add_yaml(const std::string& name, const std::string& text) {
    std::string shown = without_api_keys(scrubbed(text));
    replace(shown, "[key]", "(key)");
    put(name, shown);
  }
  /// Of a log: scrubbed as logs are.
  void add_scrubbed(const std::string& name, std::string text) {
    put(name, without_api_keys(std::move(text)));
  }
  std::string take() { return tar_.take(); }

 private:
  static std::string scrubbed(const std::string& text) {
    return scrub_lines(without_keys(text), std::string::npos);
  }
  [[nodiscard]] std::string without_api_keys(std::string text) const {
    for (const Secret& key : api_keys_) replace(text, key.reveal(), "[key]");
    return text;
  }
  void put(const std::string& name, const std::string& text) { tar_.add("vpcp-support/" + name, text); }
  static void replace(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos;) {
      text.replace(at, what.size(), by);
      at += by.size();
    }
  }

  TarFile tar_;
  const std::vector<Secret> api_keys_;
};

std::string versions(Session& session, const std::vector<KeptLog>& logs) {
  utsname system{};
  ::uname(&system);
  std::string out = std::string("vpcpctl " VPCP_VERSION "\nstore: ") + session.store().describe() +
                    "\nsystem: " + system.sysname + " " + system.release + " " + system.machine + "\n";
  for (const KeptLog& log : logs) {
    const std::string version = version_in(log.text);
    out += log.source + ": " +
           (version.empty() ? "version not known, its log here does not tell of its start" : version) + "\n";
  }
  return out;
}

std::string events_text(Session& session) {
  const auto kept = session.store().events(session.context(), session.ns());
  if (!kept.ok()) return "not readable: " + kept.error().message + "\n";
  std::string out;
  for (const KeptEvent& event : *kept)
    out += to_rfc3339(event.last) + " " + event.about.str() + " " + event.reason + " x" +
           std::to_string(event.count) + ": " + one_line(scrub(event.note)) + "\n";
  return out;
}

std::string facts_text(const HostFacts& facts) {
  std::string out = "  system " + facts.os_id + " " + facts.os_version + ", boot " + facts.boot_id + "\n";
  out += std::string("  forwarding ") + (facts.ip_forward ? "on" : "off") + ", unit " +
         (facts.unit.active ? "active" : "not active") +
         (facts.unit.enabled ? ", enabled" : ", not enabled") + "\n";
  for (const RouteFacts& route : facts.routes)
    out += "  route " + route.destination.str() + (route.via ? " via " + route.via->str() : "") + " dev " +
           route.dev + "\n";
  for (const LinkFacts& link : facts.links) {
    out += "  link " + link.name + (link.up ? " up" : " down") + " mtu " + std::to_string(link.mtu);
    for (const InterfaceAddress& address : link.addresses)
      out += " " + address.address.str() + "/" + std::to_string(address.prefix);
    out += "\n";
  }
  constexpr std::size_t kDigestShown = 12;  // the whole looks like a key
  for (const auto& [path, file] : facts.files)
    out += "  file " + path + " " + file.mode + " " + file.sha256.substr(0, kDigestShown) + "\n";
  if (!facts.tunnel) return out;
  for (const TunnelPeerFacts& peer : facts.tunnel->peers)
    out += "  peer " + peer.public_key.substr(0, 8) + "… received " + bytes_text(peer.received) + ", sent " +
           bytes_text(peer.sent) + "\n";
  return out;
}

/// Of the hosts as they are now; why not, where they cannot be looked at.
std::string hosts_text(Session& session, const VpcPeering& peering) {
  DryPass pass(session);
  const auto look = pass.look(peering);
  if (!look.ok()) return "not looked at: " + look.error().message + "\n";
  std::string out;
  for (const auto& [lane, problem] : look->problems) out += lane + ": " + one_line(problem) + "\n";
  for (const auto& [lane, facts] : look->facts) out += lane + "\n" + facts_text(facts);
  return out;
}

Error not_written(const std::string& file, const std::string& why) {
  return {ErrorKind::Invalid, "NotWritten", file + " " + why, {}};
}

/// Whole or not at all: a part of an archive would stand in the way of the next one.
Status write_private(const std::string& file, const std::string& bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == EEXIST) return not_written(file, "is there already: name another file with -o");
  if (fd < 0)
    return not_written(file, "cannot be written (" + std::generic_category().message(errno) +
                                 "): name another file with -o");
  const bool is_written = write_all(fd, bytes);
  const int why = errno;
  const bool is_closed = ::close(fd) == 0;
  if (is_written && is_closed) return {};
  const std::string reason = std::generic_category().message(is_written ? errno : why);
  ::unlink(file.c_str());
  return not_written(file,
                     "cannot be written whole (" + reason + "), and was removed: name another file with -o");
}

/// A name that stays in the archive's folder, whatever the store calls it, and that its form has room for.
std::string log_name(std::string source) {
  std::ranges::replace(source, '/', '_');
  return "log/" + source.substr(0, 75) + ".log";
}

}  // namespace

int support_bundle_command(Session& session, const std::string& file, const std::string& log) {
  const auto logs = controller_logs(session, log);
  if (!logs.ok()) return fail(logs.error());
  const auto peerings = session.store().list(session.context(), session.ns());
  if (!peerings.ok()) return fail(peerings.error());
  const ViewStyle plain{Paint(false), system_clock().now()};
  Bundle bundle(plain.now, known_api_keys(session, *peerings));
  bundle.add("versions.txt", versions(session, *logs));
  bundle.add("status.txt", status_table(*peerings, Width::Wide, Namespaces::Shown, plain));
  bundle.add("events.txt", events_text(session));
  for (const KeptLog& kept : *logs) bundle.add_scrubbed(log_name(kept.source), kept.text);
  for (const VpcPeering& peering : *peerings) {
    const VpcPeering shown = Session::believable(peering);
    const std::string folder = (peering.meta.ns + "." + peering.meta.name).substr(0, 60) + "/";
    bundle.add_yaml(folder + "object.yaml", object_text(peering, TextForm::Yaml));
    bundle.add(folder + "status.txt", status_tree(shown, plain));
    bundle.add(folder + "drift.txt", drift_table(peering, Width::Wide, plain));
    bundle.add(folder + "explain.txt",
               explanation_text(explain_readiness(shown, {}, plain.now), plain.paint));
    bundle.add(folder + "hosts.txt", hosts_text(session, peering));
  }
  const Status written = write_private(file, bundle.take());
  if (!written.ok()) return fail(written.error());
  return print(
      file +
      " has the objects with their statuses, events, drift, the controller's log (log/ says how to add it\n"
      "where it could not be had) and, with an API key, what the hosts look like; no keys and no "
      "Secrets.\n"
      "Its addresses and names are yours: look through it before you send it (tar xf).\n");
}

}  // namespace vpcp::ctl
