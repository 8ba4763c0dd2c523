#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp::kube {

/// Bytes that stand in the configuration, or in a file that is read again as it changes.
struct Material {
  Secret bytes;
  std::filesystem::path file;
  [[nodiscard]] bool given() const { return !bytes.empty() || !file.empty(); }
};

/// A program that prints a credential (client.authentication.k8s.io, "exec" of a kubeconfig's user).
struct ExecPlugin {
  std::string api_version;
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string install_hint;
  bool provide_cluster_info{false};
};

/// Where an API server is, whom to trust, and who we are.
struct Config {
  std::string origin;  ///< For messages: "context "lab" of /etc/kube.conf".
  std::string server;  ///< "https://10.0.0.1:6443", without a slash at the end.
  std::string ns{"default"};
  Material ca;  ///< Not given: the system's.
  bool skip_verify{false};
  Material certificate;
  Material key;
  Material token;
  std::optional<ExecPlugin> exec;
};

struct ConfigChoice {
  std::string
      kubeconfig;       ///< A file; empty: those of $KUBECONFIG, the pod's service account, ~/.kube/config.
  std::string context;  ///< Empty: current-context.
  bool allow_skip_verify{false};  ///< Else `insecure-skip-tls-verify` is refused.
};

/// The configuration by the rules of kubectl. Errors: Invalid "BadKubeconfig", with the file, field and fix.
Result<Config> find_config(const ConfigChoice& choice);

/// `text` of a kubeconfig in `file`; relative paths in it start at its folder.
Result<Config> read_kubeconfig(std::string_view text, const std::filesystem::path& file,
                               const ConfigChoice& choice);

/// As KUBECONFIG names files ("a:b"), and as kubectl reads them: those that are not there are left out, of an
/// entry or current-context that stands in several the first counts, and relative paths start at the folder
/// of the file in which they stand.
Result<Config> read_kubeconfig_list(const std::string& files, const ConfigChoice& choice);

/// Of a pod: its service account's folder, and the address that its environment gives.
Result<Config> in_cluster_config(const std::filesystem::path& service_account, const std::string& host,
                                 const std::string& port);

/// A file's bytes, at most 1 MiB. Errors: Invalid "BadKubeconfig", Transient when it may come.
Result<std::string> read_small_file(const std::filesystem::path& path);

}  // namespace vpcp::kube
