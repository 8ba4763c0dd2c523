#include "controllers/account_key.h"

#include <algorithm>

namespace vpcp {
namespace {

constexpr std::string_view kWhite = " \t\r\n\v\f";

Error no_api_key(std::string message) {
  return {ErrorKind::Denied, "ApiKeyMissing", std::move(message), {}};
}

}  // namespace

Result<Secret> usable_api_key(const Secret& api_key, const std::string& place) {
  std::string_view text = api_key.reveal();
  const std::size_t begin = std::min(text.find_first_not_of(kWhite), text.size());
  text = text.substr(begin, text.find_last_not_of(kWhite) + 1 - begin);
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, is_control))
    return Error{ErrorKind::Denied,
                 "ApiKeyMalformed",
                 "the API key of " + place +
                     " has a line's end or another control character in it: put the key alone there",
                 {}};
  return text.size() == api_key.size() ? api_key : Secret::copy_of(text);
}

Result<Secret> api_key_of(const Context& ctx, ResourceStore& store, const VpcPeering& peering,
                          const std::optional<Secret>& own_api_key) {
  Secret api_key = own_api_key.value_or(Secret{});
  std::string place = "VULTR_API_KEY";
  if (const auto& name = peering.spec.credentials_secret) {
    const auto data = TRY(store.get_secret(ctx, {peering.meta.ns, *name}));
    if (!data)
      return no_api_key("spec.credentialsRef.name: there is no Secret " + peering.meta.ns + "/" + *name +
                        "; create it with the key apiKey");
    const auto value = data->find("apiKey");
    if (value == data->end())
      return no_api_key("spec.credentialsRef.name: the Secret " + *name + " has no key apiKey; add it");
    api_key = value->second;
    place = "the Secret " + peering.meta.ns + "/" + *name;
  }
  api_key = TRY(usable_api_key(api_key, place));
  if (api_key.empty() && peering.spec.credentials_secret)
    return no_api_key("spec.credentialsRef.name: apiKey in " + place + " is empty; put the API key there");
  if (api_key.empty())
    return no_api_key(
        "there is no API key: set VULTR_API_KEY for the controller, or spec.credentialsRef for this object");
  return api_key;
}

Error explain_refused_key(Error error, const VpcPeering& peering) {
  const auto& name = peering.spec.credentials_secret;
  return explain_refused_key(std::move(error),
                             name ? "the Secret " + peering.meta.ns + "/" + *name : "VULTR_API_KEY",
                             "the controller's");
}

Error explain_refused_key(Error error, const std::string& place, const std::string& whose) {
  if (error.reason != "ApiKeyRefused") return error;
  if (error.message.ends_with('.')) error.message.pop_back();
  error.message += "; put a valid key into " + place + ", and admit " + whose +
                   " address in the access control of Vultr's API";
  return error;
}

}  // namespace vpcp
