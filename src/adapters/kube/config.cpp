#include "adapters/kube/config.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace vpcp::kube {
namespace fs = std::filesystem;
namespace {

Error bad(const std::string& where, const std::string& what) {
  return {ErrorKind::Invalid, "BadKubeconfig", where + ": " + what, {}};
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// A node of a kubeconfig, and where it stands for messages.
struct Place {
  YAML::Node node;
  std::string where;

  [[nodiscard]] Place operator[](const char* name) const {
    return {node.IsMap() ? node[name] : YAML::Node(YAML::NodeType::Undefined), where + "." + name};
  }
  [[nodiscard]] bool given() const { return node.IsDefined() && !node.IsNull(); }
  [[nodiscard]] std::string text() const { return given() && node.IsScalar() ? node.Scalar() : ""; }
  [[nodiscard]] bool is_true() const { return text() == "true"; }
};

class Reader {
 public:
  Reader(const YAML::Node& root, const fs::path& file, const ConfigChoice& choice)
      : root_{root, file.string()}, folder_(file.parent_path()), choice_(choice) {}

  Result<Config> read() {
    const std::string context = choice_.context.empty() ? root_["current-context"].text() : choice_.context;
    if (context.empty()) return bad(root_.where, "has no current-context: name one by --context");
    const Place chosen = TRY(named("contexts", "context", context));
    Config config;
    config.origin = "context \"" + context + "\" of " + root_.where;
    if (const std::string ns = chosen["namespace"].text(); !ns.empty()) config.ns = ns;
    const Place cluster = TRY(named("clusters", "cluster", chosen["cluster"].text()));
    TRY(read_cluster(cluster, config));
    const Place user = TRY(named("users", "user", chosen["user"].text()));
    TRY(read_user(user, config));
    return config;
  }

 private:
  /// The `inner` part of the entry of `list` that has the name.
  Result<Place> named(const char* list, const char* inner, const std::string& name) {
    const Place entries = root_[list];
    if (entries.given() && entries.node.IsSequence()) {
      for (const YAML::Node& entry : entries.node) {
        const Place place{entry, entries.where + "[" + name + "]"};
        if (place["name"].text() == name) return place[inner];
      }
    }
    return bad(entries.where, "has no entry \"" + name + "\": add it, or name another context (--context)");
  }

  Status read_cluster(const Place& cluster, Config& config) {
    config.server = cluster["server"].text();
    while (config.server.ends_with('/')) config.server.pop_back();
    if (!config.server.starts_with("https://")) {
      return bad(cluster["server"].where,
                 "\"" + config.server + "\" is not an https URL: the connection must be encrypted");
    }
    for (const char* field : {"proxy-url", "tls-server-name"}) {
      if (cluster[field].given())
        return bad(cluster[field].where,
                   "is not supported: give a server that is reached directly by the "
                   "name in its certificate");
    }
    const Place skip = cluster["insecure-skip-tls-verify"];
    if (skip.is_true() && !choice_.allow_skip_verify) {
      return bad(skip.where,
                 "true is refused: give certificate-authority-data, or start with "
                 "--insecure-skip-tls-verify if anyone may read and change the traffic");
    }
    config.skip_verify = skip.is_true();
    config.ca = TRY(material(cluster, "certificate-authority-data", "certificate-authority"));
    return {};
  }

  Status read_user(const Place& user, Config& config) {
    for (const char* field : {"username", "password", "as", "as-uid", "as-groups", "auth-provider"}) {
      if (user[field].given())
        return bad(user[field].where, "is not supported: use a client certificate, a token or exec");
    }
    config.certificate = TRY(material(user, "client-certificate-data", "client-certificate"));
    config.key = TRY(material(user, "client-key-data", "client-key"));
    if (config.certificate.given() != config.key.given()) {
      return bad(user.where, "has only one of client-certificate and client-key: give both");
    }
    // As kubectl does: the file is the one that is renewed.
    if (const Place file = user["tokenFile"]; file.given()) {
      config.token.file = resolved(file.text());
    } else if (const Place token = user["token"]; token.given()) {
      config.token.bytes = Secret::copy_of(token.text());
    }
    if (const Place exec = user["exec"]; exec.given()) config.exec = TRY(read_exec(exec));
    return {};
  }

  Result<ExecPlugin> read_exec(const Place& exec) {
    ExecPlugin plugin;
    plugin.api_version = exec["apiVersion"].text();
    if (plugin.api_version != "client.authentication.k8s.io/v1" &&
        plugin.api_version != "client.authentication.k8s.io/v1beta1") {
      return bad(exec["apiVersion"].where,
                 "\"" + plugin.api_version + "\" is not supported: use client.authentication.k8s.io/v1");
    }
    plugin.command = exec["command"].text();
    if (plugin.command.empty()) return bad(exec["command"].where, "is missing: name the program");
    if (plugin.command.find('/') != std::string::npos) plugin.command = resolved(plugin.command).string();
    plugin.install_hint = exec["installHint"].text();
    plugin.provide_cluster_info = exec["provideClusterInfo"].is_true();
    if (exec["interactiveMode"].text() == "Always") {
      return bad(exec["interactiveMode"].where, "Always: nobody is there to be asked");
    }
    if (const Place args = exec["args"]; args.given() && args.node.IsSequence()) {
      for (const YAML::Node& arg : args.node) plugin.args.push_back(arg.as<std::string>());
    }
    if (const Place env = exec["env"]; env.given() && env.node.IsSequence()) {
      for (const YAML::Node& one : env.node) {
        const Place variable{one, env.where};
        plugin.env.emplace_back(variable["name"].text(), variable["value"].text());
      }
    }
    return plugin;
  }

  Result<Material> material(const Place& place, const char* data_field, const char* file_field) {
    Material out;
    if (const Place data = place[data_field]; data.given()) {
      auto bytes = base64_decode(data.text());
      if (!bytes || bytes->empty()) return bad(data.where, "is not base64");
      out.bytes = Secret::take(std::move(*bytes));
    } else if (const Place file = place[file_field]; file.given()) {
      out.file = resolved(file.text());
    }
    return out;
  }

  [[nodiscard]] fs::path resolved(const std::string& path) const { return folder_ / path; }

  Place root_;
  fs::path folder_;
  const ConfigChoice& choice_;
};

Result<Config> read_kubeconfig_file(const fs::path& file, const ConfigChoice& choice) {
  std::string text = TRY(read_small_file(file));
  auto config = read_kubeconfig(text, file, choice);
  wipe(text);
  return config;
}

}  // namespace

Result<std::string> read_small_file(const fs::path& path) {
  constexpr std::uintmax_t kLargest = 1U << 20U;
  std::error_code problem;
  const auto size = fs::file_size(path, problem);  // fails for what is not a regular file
  if (problem) return bad(path.string(), "cannot be read: " + problem.message());
  if (size > kLargest) return bad(path.string(), "is larger than 1 MiB");
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return bad(path.string(), "cannot be read");
  return out.str();
}

Result<Config> read_kubeconfig(std::string_view text, const fs::path& file, const ConfigChoice& choice) {
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsMap())
      return bad(file.string(), "is not a kubeconfig: name one (--kubeconfig, KUBECONFIG), or write it anew");
    return Reader(root, file, choice).read();
  } catch (const YAML::Exception& e) {  // its text says the place; e.what() may quote what stands there
    return bad(file.string(), "line " + std::to_string(e.mark.line + 1) +
                                  " is not valid YAML: correct it, or write the file anew");
  }
}

Result<Config> in_cluster_config(const fs::path& service_account, const std::string& host,
                                 const std::string& port) {
  Config config;
  config.origin = "the pod's service account";
  // The library does not take IPv6 literals; the name is in every API server's certificate.
  config.server =
      "https://" + (host.find(':') == std::string::npos ? host : "kubernetes.default.svc") + ":" + port;
  config.ca.file = service_account / "ca.crt";
  config.token.file = service_account / "token";
  std::string ns = TRY(read_small_file(service_account / "namespace"));
  while (ns.ends_with('\n')) ns.pop_back();
  if (!ns.empty()) config.ns = ns;
  return config;
}

Result<Config> find_config(const ConfigChoice& choice) {
  if (!choice.kubeconfig.empty()) return read_kubeconfig_file(choice.kubeconfig, choice);
  if (const std::string files = environment("KUBECONFIG"); !files.empty()) {
    if (files.find(':') != std::string::npos)
      return bad("KUBECONFIG", "names several files: name one by --kubeconfig");
    return read_kubeconfig_file(files, choice);
  }
  const std::string host = environment("KUBERNETES_SERVICE_HOST");
  const std::string port = environment("KUBERNETES_SERVICE_PORT");
  const fs::path account = "/var/run/secrets/kubernetes.io/serviceaccount";
  if (!host.empty() && !port.empty() && fs::exists(account / "token"))
    return in_cluster_config(account, host, port);
  const fs::path home_file = fs::path(environment("HOME")) / ".kube/config";
  if (fs::exists(home_file)) return read_kubeconfig_file(home_file, choice);
  return bad("Kubernetes",
             "no cluster is configured: run in a pod with a service account, or give --kubeconfig");
}

}  // namespace vpcp::kube
