#include "app/vpcpctl/controller_log.h"

#include <array>
#include <fstream>
#include <iostream>

#include "domain/scrub.h"

namespace vpcp::ctl {
namespace {

/// Days of a controller that finds all well, hours of one in trouble.
constexpr std::size_t kLogEnd = std::size_t{4} << 20U;
/// Longer than any line that the controller writes.
constexpr std::size_t kLongestLine = 8192;

constexpr const char* kHowToGetIt =
    "The controller's log is not in this archive: its state directory holds none, since it logs to its "
    "standard error.\n"
    "Make the archive again with it:\n"
    "  journalctl -u vpc-peering-controller | vpcpctl support-bundle -o vpcp-support.tar --log -\n"
    "  vpcpctl support-bundle -o vpcp-support.tar --log FILE   where its standard error goes to a file\n";
constexpr const char* kHowToGetItOfPods =
    "Make the archive again with it, as somebody who may read pods and their logs:\n"
    "  kubectl logs -n vpcp-system -l app.kubernetes.io/part-of=vpc-peering-controller --prefix --tail=-1 |\n"
    "    kubectl vpcp support-bundle -o vpcp-support.tar --log -\n";

Error not_readable(const std::string& file) {
  return {
      ErrorKind::Invalid, "NotReadable", "--log: " + file + " cannot be read: name the controller's log", {}};
}

std::string end_of(std::istream& in) {
  std::string text;
  std::array<char, 65536> block{};
  while (in.read(block.data(), block.size()), in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > 2 * kLogEnd) text.erase(0, text.size() - kLogEnd);
  }
  if (text.size() <= kLogEnd) return text;
  text.erase(0, text.size() - kLogEnd);
  return text.substr(std::min(text.find('\n'), text.size() - 1) + 1);  // whole lines
}

/// The controller puts no key into its log; what stands beside it in a file or a pod's log may.
std::string scrubbed(const std::string& whole) {
  return scrub_lines(whole, kLongestLine);
}

Result<std::string> read_end(const std::string& file) {
  if (file == "-") return end_of(std::cin);
  std::ifstream in(file, std::ios::binary);
  std::string text = end_of(in);
  // A directory can be opened, and not be read.
  if (!in.is_open() || in.bad()) return not_readable(file);
  return text;
}

std::vector<KeptLog> logs_of_store(Session& session) {
  auto logs = session.store().logs(session.context());
  if (!logs.ok()) return {{"controller", "not readable: " + logs.error().message + "\n" + kHowToGetItOfPods}};
  if (logs->empty() && !session.options().state.empty()) return {{"controller", kHowToGetIt}};
  if (logs->empty())
    return {{"controller", std::string("No pod carries the label of the controller.\n") + kHowToGetItOfPods}};
  for (KeptLog& log : *logs) log.text = scrubbed(log.text);
  return std::move(logs).value();
}

}  // namespace

Result<std::vector<KeptLog>> controller_logs(Session& session, const std::string& file) {
  if (file.empty()) return logs_of_store(session);
  return std::vector<KeptLog>{{"controller", scrubbed(TRY(read_end(file)))}};
}

std::string version_in(std::string_view log) {
  std::string version;
  for (const std::string_view start : {"I Started  version=", R"("msg":"Started","version":")"}) {
    const std::size_t at = log.rfind(start);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = log.substr(at + start.size());
    version = rest.substr(0, rest.find_first_of("\" \n"));
  }
  return version;
}

}  // namespace vpcp::ctl
