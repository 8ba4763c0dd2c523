#include "adapters/kube/exec_plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>

#include <array>
#include <cstring>

#include "adapters/kube/json_text.h"
#include "vpcp/api/read_json.h"

extern char** environ;

namespace vpcp::kube {
namespace {

using nlohmann::json;
constexpr seconds kLongest{60};
constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

Error failed(const ExecPlugin& plugin, const std::string& what,
             const std::string& fix = "run it by hand, and log in as it asks for") {
  std::string text = "the credential plugin " + plugin.command + " " + what + ": " + fix;
  if (!plugin.install_hint.empty()) text += "; the kubeconfig says: " + shown(plugin.install_hint);
  return {ErrorKind::Denied, "CredentialPluginFailed", text, {}};
}

Error not_started(const ExecPlugin& plugin, int problem) {
  const bool by_path = plugin.command.find('/') != std::string::npos;
  const std::string fix = problem == EACCES ? "make it a file that this user may run (chmod +x)"
                          : by_path
                              ? "install it there, or correct exec.command in the kubeconfig"
                              : "install it and put it on PATH, or correct exec.command in the kubeconfig";
  return failed(plugin, std::string("cannot be started (") + std::strerror(problem) + ")", fix);
}

/// KUBERNETES_EXEC_INFO, as client-go gives it.
std::string exec_info(const ExecPlugin& plugin, const Config& config, const std::string& ca_pem) {
  json spec = {{"interactive", false}};
  if (plugin.provide_cluster_info) {
    spec["cluster"] = {{"server", config.server}, {"insecure-skip-tls-verify", config.skip_verify}};
    if (!ca_pem.empty()) spec["cluster"]["certificate-authority-data"] = base64_encode(ca_pem);
  }
  return to_text({{"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", spec}});
}

std::vector<std::string> environment_for(const ExecPlugin& plugin, const std::string& info) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  for (const auto& [name, value] : plugin.env) out.push_back(name + "=" + value);
  out.push_back("KUBERNETES_EXEC_INFO=" + info);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// A child whose standard output is read; killed and reaped when this goes.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (output_ >= 0) ::close(output_);
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    int ignored = 0;
    ::waitpid(pid_, &ignored, 0);
  }

  /// 0, or errno.
  int start(const std::string& command, std::vector<std::string> argv, std::vector<std::string> env) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return errno;
    output_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);  // it may print a token there
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int problem = ::posix_spawnp(&pid_, command.c_str(), &actions, &attributes, pointers(argv).data(),
                                       pointers(env).data());
    if (problem != 0) pid_ = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    return problem;
  }

  /// All that it prints; nullopt: too much, out of time, or stopped.
  std::optional<std::string> read_all(const Context& ctx) {
    std::string text;
    pollfd ready{output_, POLLIN, 0};
    while (!ctx.stopped() && ctx.left() > milliseconds{0} && text.size() < kMostOutput) {
      if (::poll(&ready, 1, 50) <= 0) continue;
      std::array<char, 4096> part{};
      const auto count = ::read(output_, part.data(), part.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return text;
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    wipe(text);
    return std::nullopt;
  }

  /// The exit status, 128 and more for anything else than an exit; nullopt: out of time, or stopped. A
  /// program can close its output long before it ends.
  std::optional<int> wait(const Context& ctx) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(pid_, &status, WNOHANG)) == 0) {
      if (ctx.stopped() || ctx.left() == milliseconds{0}) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
    pid_ = -1;
    if (ended < 0) return 128;  // someone else has reaped it
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_{-1};
  int output_{-1};
};

Secret take_text(json& status, const char* name) {
  const auto member = status.find(name);
  if (member == status.end() || !member->is_string()) return {};
  return Secret::take(std::move(member->get_ref<std::string&>()));
}

/// "9999-12-31T23:59:59Z" is how some say "never": later than a clock can tell, see from_rfc3339.
bool is_beyond_clock(const std::string& time) {
  constexpr std::string_view kFirstYear = "2262";
  const std::string year = time.substr(0, kFirstYear.size());
  return year >= kFirstYear && std::ranges::all_of(year, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<PluginCredential> read_exec_credential(const std::string& printed, const ExecPlugin& plugin) {
  json root = parse_bounded_json(printed);
  if (text_at(root, {"kind"}) != "ExecCredential" || !at(root, {"status"}).is_object())
    return failed(plugin, "printed no ExecCredential with a status");
  if (text_at(root, {"apiVersion"}) != plugin.api_version)
    return failed(plugin, "answered in another version than " + plugin.api_version,
                  "write the one that it speaks as exec.apiVersion into the kubeconfig");
  json& status = root["status"];
  PluginCredential out;
  out.token = take_text(status, "token");
  out.certificate = take_text(status, "clientCertificateData");
  out.key = take_text(status, "clientKeyData");
  if (out.certificate.empty() != out.key.empty())
    return failed(plugin, "printed a client certificate without its key, or the key alone");
  if (out.token.empty() && out.certificate.empty()) return failed(plugin, "printed no credential");
  const std::string expires = text_at(status, {"expirationTimestamp"});
  if (expires.empty() || is_beyond_clock(expires)) return out;
  out.expires = from_rfc3339(expires);
  if (out.expires == SystemTime{}) return failed(plugin, "printed an expirationTimestamp that is no time");
  return out;
}

Result<PluginCredential> run_exec_plugin(const Context& ctx, const ExecPlugin& plugin, const Config& config,
                                         const std::string& ca_pem) {
  std::vector<std::string> argv{plugin.command};
  argv.insert(argv.end(), plugin.args.begin(), plugin.args.end());
  Child child;
  const int problem = child.start(plugin.command, std::move(argv),
                                  environment_for(plugin, exec_info(plugin, config, ca_pem)));
  if (problem != 0) return not_started(plugin, problem);
  const Context limited = ctx.within(kLongest);
  std::optional<std::string> printed = child.read_all(limited);
  const std::optional<int> status = printed ? child.wait(limited) : std::nullopt;
  if (status != 0) {
    if (printed) wipe(*printed);
    return failed(plugin, status ? "ended with status " + std::to_string(*status) : "did not end in time");
  }
  auto credential = read_exec_credential(*printed, plugin);
  wipe(*printed);
  return credential;
}

}  // namespace vpcp::kube
