#pragma once
#include <string>

#include "vpcp/ports/host_shell.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/resource_store.h"
#include "vpcp/runtime/fence.h"

namespace vpcp {

/// Ports that let effects through only as the fence says. What only reads passes always. Thread-safe; what
/// they are given outlives them.

/// To the cloud. Every request that may change something tells the number of the reign in its User-Agent.
class FencedHttp : public HttpClient {
 public:
  FencedHttp(HttpClient& inner, const Fence& fence, std::string agent)
      : inner_(inner), fence_(fence), agent_(std::move(agent)) {}
  Result<HttpResponse> send(const Context& ctx, const HttpRequest& request) override;
  Result<HttpResponse> stream_lines(const Context& ctx, const HttpRequest& request,
                                    const std::function<void(std::string_view)>& on_line) override;

 private:
  HttpClient& inner_;
  const Fence& fence_;
  const std::string agent_;
};

/// To hosts: which command changes something cannot be told, so each must pass, and carries the number of the
/// reign.
class FencedShell : public HostShell {
 public:
  FencedShell(HostShell& inner, const Fence& fence) : inner_(inner), fence_(fence) {}
  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command) override;

 private:
  HostShell& inner_;
  const Fence& fence_;
};

/// To the store.
class FencedStore : public ResourceStore {
 public:
  FencedStore(ResourceStore& inner, const Fence& fence) : inner_(inner), fence_(fence) {}
  Result<std::vector<ObjectKey>> list(const Context& ctx) override { return inner_.list(ctx); }
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override {
    return inner_.get(ctx, key);
  }
  Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) override {
    return inner_.watch(ctx, changed);
  }
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override {
    return inner_.get_secret(ctx, key);
  }
  Status apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) override;
  Status add_finalizer(const Context& ctx, const VpcPeering& object) override;
  Status remove_finalizer(const Context& ctx, const VpcPeering& object) override;
  Status put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                    const SecretData& data) override;
  void record_event(const Context& ctx, const ObjectEvent& event) override;

 private:
  ResourceStore& inner_;
  const Fence& fence_;
};

}  // namespace vpcp
