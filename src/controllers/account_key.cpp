#include "controllers/account_key.h"

namespace vpcp {
namespace {

Error no_api_key(std::string message) {
  return {ErrorKind::Denied, "ApiKeyMissing", std::move(message), {}};
}

}  // namespace

Result<Secret> api_key_of(const Context& ctx, ResourceStore& store, const VpcPeering& peering,
                          const std::optional<Secret>& own_api_key) {
  Secret api_key = own_api_key.value_or(Secret{});
  if (const auto& name = peering.spec.credentials_secret) {
    const auto data = TRY(store.get_secret(ctx, {peering.meta.ns, *name}));
    if (!data)
      return no_api_key("spec.credentialsRef.name: there is no Secret " + peering.meta.ns + "/" + *name +
                        "; create it with the key apiKey");
    const auto value = data->find("apiKey");
    if (value == data->end())
      return no_api_key("spec.credentialsRef.name: the Secret " + *name + " has no key apiKey; add it");
    api_key = value->second;
  }
  if (api_key.empty())
    return no_api_key(
        "there is no API key: set VULTR_API_KEY for the controller, or spec.credentialsRef for this object");
  return api_key;
}

Error explain_refused_key(Error error, const VpcPeering& peering) {
  if (error.reason != "ApiKeyRefused") return error;
  const auto& name = peering.spec.credentials_secret;
  if (error.message.ends_with('.')) error.message.pop_back();
  error.message += "; put a valid key into " +
                   (name ? "the Secret " + peering.meta.ns + "/" + *name : std::string("VULTR_API_KEY")) +
                   ", and admit the controller's address in the access control of Vultr's API";
  return error;
}

}  // namespace vpcp
