#pragma once
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/kube/config.h"
#include "adapters/kube/exec_plugin.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/metrics.h"

namespace vpcp::kube {

/// Whom to trust and how to prove who we are, for one request.
struct Identity {
  std::optional<Secret> bearer;
  std::shared_ptr<const TlsSettings> tls;  ///< The same object as long as nothing in it changes.
};

/// Credentials that change under way: files are read again each minute (the kubelet renews a pod's token in
/// its file), a plugin is run again shortly before its credential expires, and both after a refusal.
/// Thread-safe. `clock` outlives it, and so does `metrics`, which is told when the client certificate ends.
class Credentials {
 public:
  Credentials(Config config, const Clock& clock, Metrics* metrics = nullptr)
      : config_(std::move(config)), clock_(clock), metrics_(metrics) {}

  /// Errors: Invalid "BadKubeconfig" (a file), Denied "CredentialPluginFailed".
  Result<Identity> current(const Context& ctx);
  /// The server answered 401: the next current() asks anew.
  void refused();

  [[nodiscard]] const Config& config() const { return config_; }

 private:
  Result<Identity> read(const Context& ctx);
  [[nodiscard]] bool is_fresh() const;
  [[nodiscard]] bool plugin_is_due() const;
  void tell_end_of(std::string_view certificate_pem);

  const Config config_;
  const Clock& clock_;
  Metrics* const metrics_;  ///< Or nullptr.
  std::mutex mutex_;        ///< Over all below; held while a plugin runs, so that it runs once.
  std::optional<Identity> identity_;
  SteadyTime read_at_{};
  std::optional<SystemTime> expires_;
};

}  // namespace vpcp::kube
