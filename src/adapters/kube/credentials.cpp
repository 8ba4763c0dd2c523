#include "adapters/kube/credentials.h"

#include <utility>

#include "adapters/kube/certificate.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::kube {
namespace {

constexpr seconds kReadAgain{60};
constexpr seconds kBeforeExpiry{10};

Result<Secret> bytes_of(const Material& material) {
  if (material.file.empty()) return material.bytes;
  return Secret::take(TRY(read_small_file(material.file)));
}

Result<std::optional<Secret>> token_of(const Material& material) {
  if (!material.given()) return std::optional<Secret>{};
  const Secret raw = TRY(bytes_of(material));
  std::string_view text = raw.reveal();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::optional(Secret::copy_of(text));
}

bool same(const TlsSettings& a, const TlsSettings& b) {
  return a.ca_pem == b.ca_pem && a.certificate_pem == b.certificate_pem && a.key_pem == b.key_pem &&
         a.skip_verify == b.skip_verify;
}

}  // namespace

bool Credentials::is_fresh() const {
  if (!identity_ || clock_.steady_now() - read_at_ >= kReadAgain) return false;
  return !expires_ || clock_.now() + kBeforeExpiry < *expires_;
}

bool Credentials::plugin_is_due() const {
  return !identity_ || (expires_ && clock_.now() + kBeforeExpiry >= *expires_);
}

Result<Identity> Credentials::current(const Context& ctx) {
  const std::lock_guard lock(mutex_);
  if (is_fresh()) return *identity_;
  auto fresh = read(ctx);
  if (!fresh.ok()) {
    // A file that is being replaced, or a plugin that has a bad minute: what was good may still be.
    const bool usable = identity_ && (!expires_ || clock_.now() < *expires_);
    if (usable) return *identity_;
    return fresh;
  }
  if (identity_ && identity_->tls && same(*identity_->tls, *fresh->tls)) fresh->tls = identity_->tls;
  identity_ = *fresh;
  read_at_ = clock_.steady_now();
  return fresh;
}

Result<Identity> Credentials::read(const Context& ctx) {
  Identity out;
  TlsSettings tls;
  const Secret ca = TRY(bytes_of(config_.ca));
  tls.ca_pem = std::string(ca.reveal());
  const Secret certificate = TRY(bytes_of(config_.certificate));
  tls.certificate_pem = std::string(certificate.reveal());
  tell_end_of(tls.certificate_pem);
  tls.key_pem = TRY(bytes_of(config_.key));
  tls.skip_verify = config_.skip_verify;
  out.bearer = TRY(token_of(config_.token));
  if (config_.exec && !plugin_is_due()) return *identity_;
  if (config_.exec) {
    const PluginCredential given = TRY(run_exec_plugin(ctx, *config_.exec, config_, tls.ca_pem));
    expires_ = given.expires;
    if (!given.token.empty()) out.bearer = given.token;
    if (!given.certificate.empty()) {
      tls.certificate_pem = std::string(given.certificate.reveal());
      tls.key_pem = given.key;
    }
  }
  out.tls = std::make_shared<const TlsSettings>(std::move(tls));
  return out;
}

void Credentials::tell_end_of(std::string_view certificate_pem) {
  if (metrics_ == nullptr) return;
  if (const auto end = end_of_certificate(certificate_pem))
    metrics_->set(metric::kClientCertificateEnds, {},
                  std::chrono::duration<double>(end->time_since_epoch()).count());
  else
    metrics_->forget(metric::kClientCertificateEnds, {});
}

void Credentials::refused() {
  const std::lock_guard lock(mutex_);
  read_at_ = SteadyTime{} - kReadAgain;
  if (config_.exec) expires_ = SystemTime{};
}

}  // namespace vpcp::kube
