#include "app/vpcpctl/session.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include "adapters/cpprest/http_client.h"
#include "adapters/directory/operator_store.h"
#include "adapters/kube/operator_store.h"
#include "app/vpcpctl/patient_http.h"
#include "controllers/account_key.h"
#include "domain/status/outdated.h"

namespace vpcp::ctl {
namespace {

constexpr const char* kAgent = "vpcpctl/" VPCP_VERSION;

Error not_found(const std::string& name, const std::string& ns, const std::vector<VpcPeering>& all) {
  std::string known;
  for (std::size_t i = 0; i < all.size() && i < 5; ++i)
    known += (i > 0 ? ", " : "") + (ns.empty() ? all[i].meta.key().str() : all[i].meta.name);
  const std::string where = ns.empty() ? "" : " in the namespace " + ns;
  return {ErrorKind::Invalid,
          "NotFound",
          "there is no VPCPeering " + name + where +
              (!known.empty() ? ": there is " + known + (all.size() > 5 ? " …" : "")
               : ns.empty()   ? ", nor any other"
                              : "; there is none at all there (-A looks in every namespace)"),
          {}};
}

}  // namespace

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const GlobalOptions& options) {
  std::unique_ptr<Session> session(new Session(options));
  if (!options.state.empty()) {
    session->store_ = TRY(DirectoryOperatorStore::open({options.state, options.manifests}));
    return session;
  }
  auto store =
      KubeOperatorStore::open({{options.kubeconfig, options.context, options.skip_tls_verify}, kAgent},
                              session->http(), system_clock());
  if (!store.ok()) {
    Error error = store.error();
    error.message += " (without a cluster: --state DIR, the controller's state directory)";
    return error;
  }
  session->store_ = std::move(store).value();
  return session;
}

HttpClient& Session::http() {
  if (!http_) {
    init_http_process();
    http_ = std::make_unique<PatientHttp>(std::make_unique<CpprestHttpClient>());
  }
  return *http_;
}

Context Session::context(seconds limit) const {
  Context ctx;
  ctx.stop = options_.stop;
  return ctx.within(limit);
}

ViewStyle Session::style() const {
  return {Paint(may_colour()), system_clock().now()};
}

std::string Session::in_form(const std::function<std::string(Width)>& table,
                             const std::function<std::string(TextForm)>& text) const {
  switch (options_.output) {
    case Output::Table:
      return table(Width::Narrow);
    case Output::Wide:
      return table(Width::Wide);
    case Output::Json:
      return text(TextForm::Json);
    case Output::Yaml:
      return text(TextForm::Yaml);
  }
  return "";
}

std::string Session::ns() const {
  if (options_.all_namespaces) return "";
  return options_.ns.empty() ? store_->default_namespace() : options_.ns;
}

VpcPeering Session::believable(VpcPeering peering) {
  peering.status = believable_status(peering, system_clock().now());
  return peering;
}

Result<VpcPeering> Session::find(const std::string& name) {
  const auto slash = name.find('/');
  const std::string ns_of_name = slash == std::string::npos ? ns() : name.substr(0, slash);
  const std::string bare = slash == std::string::npos ? name : name.substr(slash + 1);
  if (!ns_of_name.empty()) {
    auto object = TRY(store_->get(context(), {ns_of_name, bare}));
    if (object) return *std::move(object);
    return not_found(bare, ns_of_name, TRY(store_->list(context(), ns_of_name)));
  }
  std::vector<VpcPeering> all = TRY(store_->list(context(), ""));
  const auto named = [&](const VpcPeering& peering) { return peering.meta.name == bare; };
  const auto found = std::ranges::find_if(all, named);
  if (found == all.end()) return not_found(bare, "", all);
  if (std::ranges::count_if(all, named) > 1)
    return Error{ErrorKind::Invalid,
                 "NotUnique",
                 "several namespaces have a VPCPeering " + bare + ": write it as " + found->meta.key().str(),
                 {}};
  return std::move(*found);
}

bool may_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) == 1 && !dumb && (no_colour == nullptr || *no_colour == '\0');
}

int fail(const std::string& sentence) {
  std::cerr << "vpcpctl: " << one_line(sentence) << '\n';
  return 1;
}
int fail(const Error& error) {
  return fail(error.message);
}

int print(const std::string& text) {
  errno = 0;
  if (std::cout << text << std::flush) return 0;
  const int problem = errno == 0 ? EIO : errno;
  if (problem == EPIPE) return 1;  // who reads has seen enough
  return fail("the answer cannot be written (" + std::generic_category().message(problem) +
              "): look where standard output goes, and make room there");
}

bool confirm(const std::string& question) {
  if (::isatty(STDIN_FILENO) != 1) return false;
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<Secret> api_key() {
  const char* value = std::getenv("VULTR_API_KEY");
  if (value != nullptr) {
    Secret key = TRY(usable_api_key(Secret::copy_of(value), "VULTR_API_KEY"));
    if (!key.empty()) return key;
  }
  return Error{ErrorKind::Denied,
               "ApiKeyMissing",
               "this asks Vultr, and there is no key: put it into the environment (read -rs VULTR_API_KEY && "
               "export VULTR_API_KEY)",
               {}};
}

}  // namespace vpcp::ctl
