#include "adapters/kube/config.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

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

/// A node of a kubeconfig, where it stands, for messages and for relative paths.
struct Place {
  YAML::Node node;
  std::string where;
  fs::path file;

  [[nodiscard]] Place operator[](const char* name) const {
    return {node.IsDefined() && node.IsMap() ? node[name] : YAML::Node(YAML::NodeType::Undefined),
            where + "." + name, file};
  }
  [[nodiscard]] fs::path path() const { return file.parent_path() / text(); }
  [[nodiscard]] bool given() const { return node.IsDefined() && !node.IsNull(); }
  [[nodiscard]] std::string text() const { return given() && node.IsScalar() ? node.Scalar() : ""; }
  [[nodiscard]] bool is_true() const { return text() == "true"; }
};

/// Of several files the first that has a name, or a current-context, is the one that counts for it.
class Reader {
 public:
  Reader(std::vector<Place> files, const ConfigChoice& choice) : files_(std::move(files)), choice_(choice) {}

  Result<Config> read() {
    const std::string context = choice_.context.empty() ? current_context() : choice_.context;
    if (context.empty()) return bad(everywhere(""), "has no current-context: name one by --context");
    const Place chosen = TRY(named("contexts", "context", context));
    Config config;
    config.origin = "context \"" + context + "\" of " + chosen.file.string();
    if (const std::string ns = chosen["namespace"].text(); !ns.empty()) config.ns = ns;
    const Place cluster = TRY(named("clusters", "cluster", chosen["cluster"].text()));
    TRY(read_cluster(cluster, config));
    if (const std::string user = chosen["user"].text(); !user.empty())
      TRY(read_user(TRY(named("users", "user", user)), config));
    return config;
  }

 private:
  [[nodiscard]] std::string current_context() const {
    for (const Place& file : files_) {
      if (std::string name = file["current-context"].text(); !name.empty()) return name;
    }
    return "";
  }

  /// The field in all the files, for messages.
  [[nodiscard]] std::string everywhere(const std::string& field) const {
    std::string out;
    for (const Place& file : files_) out += (out.empty() ? "" : ", ") + file.where + field;
    return out;
  }

  /// The `inner` part of the entry of `list` that has the name.
  [[nodiscard]] Result<Place> named(const char* list, const char* inner, const std::string& name) const {
    for (const Place& file : files_) {
      const Place entries = file[list];
      if (!entries.given() || !entries.node.IsSequence()) continue;
      for (const YAML::Node& entry : entries.node) {
        const Place place{entry, entries.where + "[" + name + "]", file.file};
        if (place["name"].text() == name) return place[inner];
      }
    }
    return bad(everywhere(std::string(".") + list),
               "has no entry \"" + name + "\": add it, or name another context (--context)");
  }

  Status read_cluster(const Place& cluster, Config& config) {
    config.server = cluster["server"].text();
    while (config.server.ends_with('/')) config.server.pop_back();
    if (!config.server.starts_with("https://")) {
      return bad(
          cluster["server"].where,
          "\"" + config.server +
              "\" is not an https URL: give the API server's https:// address, for the connection must be "
              "encrypted");
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
      config.token.file = file.path();
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
    if (plugin.command.find('/') != std::string::npos) plugin.command = exec["command"].path().string();
    plugin.install_hint = exec["installHint"].text();
    plugin.provide_cluster_info = exec["provideClusterInfo"].is_true();
    if (exec["interactiveMode"].text() == "Always") {
      return bad(exec["interactiveMode"].where,
                 "Always: nobody is there to be asked: use a plugin that logs in by itself, with IfAvailable "
                 "or Never");
    }
    if (const Place args = exec["args"]; args.given() && args.node.IsSequence()) {
      for (const YAML::Node& arg : args.node) {
        if (!arg.IsScalar()) return bad(args.where, "has what is not a text: write each argument in quotes");
        plugin.args.push_back(arg.Scalar());
      }
    }
    if (const Place env = exec["env"]; env.given() && env.node.IsSequence()) {
      for (const YAML::Node& one : env.node) {
        const Place variable{one, env.where, env.file};
        plugin.env.emplace_back(variable["name"].text(), variable["value"].text());
      }
    }
    return plugin;
  }

  Result<Material> material(const Place& place, const char* data_field, const char* file_field) {
    Material out;
    if (const Place data = place[data_field]; data.given()) {
      auto bytes = base64_decode(data.text());
      if (!bytes || bytes->empty()) {
        return bad(data.where,
                   std::string("is not base64: write what `base64 -w0 FILE` prints, or name the file by ") +
                       file_field);
      }
      out.bytes = Secret::take(std::move(*bytes));
    } else if (const Place file = place[file_field]; file.given()) {
      out.file = file.path();
    }
    return out;
  }

  const std::vector<Place> files_;
  const ConfigChoice& choice_;
};

/// Its text says the place; what() may quote what stands there.
Error not_yaml(const std::string& where, const YAML::Exception& e) {
  return bad(where, "line " + std::to_string(e.mark.line + 1) +
                        " is not valid YAML: correct it, or write the file anew");
}

Error not_kubeconfig(const fs::path& file) {
  return bad(file.string(), "is not a kubeconfig: name one (--kubeconfig, KUBECONFIG), or write it anew");
}

/// nullopt: there is nothing in it, but comments perhaps.
Result<std::optional<Place>> parse(std::string_view text, const fs::path& file) {
  try {
    YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return std::optional<Place>{};
    if (root.IsMap()) return std::optional(Place{std::move(root), file.string(), file});
    return not_kubeconfig(file);
  } catch (const YAML::Exception& e) {
    return not_yaml(file.string(), e);
  }
}

Result<Config> read_files(std::vector<Place> files, const ConfigChoice& choice) {
  const std::string first = files.front().where;
  try {
    return Reader(std::move(files), choice).read();
  } catch (const YAML::Exception& e) {
    return not_yaml(first, e);
  }
}

Result<Config> read_kubeconfig_file(const fs::path& file, const ConfigChoice& choice) {
  std::string text = TRY(read_small_file(file));
  auto config = read_kubeconfig(text, file, choice);
  wipe(text);
  return config;
}

/// nullopt: it is not there, or has nothing in it.
Result<std::optional<Place>> parse_if_there(const fs::path& file) {
  std::error_code problem;
  if (fs::status(file, problem).type() == fs::file_type::not_found) return std::optional<Place>{};
  std::string text = TRY(read_small_file(file));
  auto place = parse(text, file);
  wipe(text);
  return place;
}

bool is_there(const fs::path& path) {
  std::error_code problem;  // one that cannot be looked at is there, and the reader tells why it cannot
  return fs::exists(path, problem) || problem;
}

/// What a person does about a file that the kubeconfig is, or that it names.
Error not_readable(const fs::path& path, const std::error_code& problem) {
  std::string fix = "correct the path";
  if (problem == std::errc::permission_denied) fix = "run as its owner";
  if (problem == std::errc::is_a_directory) fix = "name a file in it";
  return bad(path.string(), "cannot be read (" + problem.message() + "): " + fix +
                                ", or name another kubeconfig by --kubeconfig");
}

}  // namespace

Result<std::string> read_small_file(const fs::path& path) {
  constexpr std::uintmax_t kLargest = 1U << 20U;
  std::error_code problem;
  const auto size = fs::file_size(path, problem);  // fails for what is not a regular file
  if (problem) return not_readable(path, problem);
  if (size > kLargest) return bad(path.string(), "is larger than 1 MiB: correct the path");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (in) out << in.rdbuf();
  if (!in) return not_readable(path, {errno == 0 ? EIO : errno, std::generic_category()});
  return out.str();
}

Result<Config> read_kubeconfig(std::string_view text, const fs::path& file, const ConfigChoice& choice) {
  auto place = TRY(parse(text, file));
  if (!place) return not_kubeconfig(file);
  return read_files({*std::move(place)}, choice);
}

Result<Config> read_kubeconfig_list(const std::string& files, const ConfigChoice& choice) {
  std::vector<Place> found;
  std::istringstream names(files);
  for (std::string name; std::getline(names, name, ':');) {
    if (name.empty()) continue;
    if (auto place = TRY(parse_if_there(name))) found.push_back(*std::move(place));
  }
  if (!found.empty()) return read_files(std::move(found), choice);
  return bad("KUBECONFIG", "none of its files is there, or all are empty (" + files +
                               "): correct it, or name a kubeconfig by --kubeconfig");
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
  if (const std::string files = environment("KUBECONFIG"); !files.empty())
    return read_kubeconfig_list(files, choice);
  const std::string host = environment("KUBERNETES_SERVICE_HOST");
  const std::string port = environment("KUBERNETES_SERVICE_PORT");
  const fs::path account = "/var/run/secrets/kubernetes.io/serviceaccount";
  if (!host.empty() && !port.empty() && is_there(account / "token"))
    return in_cluster_config(account, host, port);
  const fs::path home_file = fs::path(environment("HOME")) / ".kube/config";
  if (is_there(home_file)) return read_kubeconfig_file(home_file, choice);
  return bad("Kubernetes",
             "no cluster is configured: run in a pod with a service account, or give --kubeconfig");
}

}  // namespace vpcp::kube
