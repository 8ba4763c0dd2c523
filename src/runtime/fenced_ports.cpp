#include "vpcp/runtime/fenced_ports.h"

namespace vpcp {

Result<HttpResponse> FencedHttp::send(const Context& ctx, const HttpRequest& request) {
  HttpRequest told = request;
  told.headers["User-Agent"] = agent_;
  if (request.method != "GET") {
    const auto transition = fence_.pass();
    if (!transition.ok()) return Error{ErrorKind::Transient, "NotSent", transition.error().message, {}};
    told.headers["User-Agent"] = agent_ + " transition=" + std::to_string(*transition);
  }
  return inner_.send(ctx, told);
}

Result<HttpResponse> FencedHttp::stream_lines(const Context& ctx, const HttpRequest& request,
                                              const std::function<void(std::string_view)>& on_line) {
  return inner_.stream_lines(ctx, request, on_line);
}

Result<HostShell::Answer> FencedShell::run(const Context& ctx, const HostLogin& login,
                                           const Command& command) {
  Command told = command;
  told.reign = TRY(fence_.pass());
  return inner_.run(ctx, login, told);
}

Status FencedStore::apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) {
  TRY(fence_.pass());
  return inner_.apply_status(ctx, object, status);
}

Status FencedStore::add_finalizer(const Context& ctx, const VpcPeering& object) {
  TRY(fence_.pass());
  return inner_.add_finalizer(ctx, object);
}

Status FencedStore::remove_finalizer(const Context& ctx, const VpcPeering& object) {
  TRY(fence_.pass());
  return inner_.remove_finalizer(ctx, object);
}

Status FencedStore::put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                               const SecretData& data) {
  TRY(fence_.pass());
  return inner_.put_secret(ctx, owner, name, data);
}

void FencedStore::record_event(const Context& ctx, const ObjectEvent& event) {
  if (fence_.pass().ok()) inner_.record_event(ctx, event);
}

}  // namespace vpcp
