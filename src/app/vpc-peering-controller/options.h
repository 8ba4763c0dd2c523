#pragma once
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"
#include "vpcp/base/secret.h"

namespace vpcp::app {

/// What `run` was asked to do. The API key comes from the environment only: an argument would show in the
/// process list.
struct RunOptions {
  enum class Store { Directory, Kubernetes };
  Store store{Store::Directory};
  std::string manifests;  ///< Directory.
  std::string state;      ///< Directory.
  std::string kubeconfig;
  std::string context;
  std::string ns;  ///< Objects of this namespace only; empty: of all.
  bool skip_tls_verify{false};
  bool leader_elect{true};
  std::string lease_name{"vpc-peering-controller"};
  std::string lease_namespace;  ///< Empty: that of the pod or of the kubeconfig's context.
  std::string vultr_url{"https://api.vultr.com"};
  std::string metrics_listen{"127.0.0.1:9090"};
  bool ui{true};  ///< The page at "/", beside /metrics.
  LogFormat log_format{LogFormat::Json};
  LogLevel log_level{LogLevel::Info};
  int workers{4};
  seconds cloud_interval{10};
  bool host_streams{true};
};

/// What `export` was asked to do.
struct ExportOptions {
  std::string state;
  std::string object;  ///< NAMESPACE/NAME.
  std::string output;
};

/// Each returns the exit status of the process: 0 good, 1 it failed, 2 it was asked for something impossible.
int run(const RunOptions& options);
/// Writes the record of an object of a state directory as a Secret, for spec.restoreFrom. The directory must
/// not be in use.
int export_record(const ExportOptions& options);
int validate_files(const std::vector<std::string>& files);

}  // namespace vpcp::app
