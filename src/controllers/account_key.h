#pragma once
#include <optional>

#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// The API key as it goes into a header: without the white space around it, such as the end of the line of a
/// file. `place` is the variable or the Secret that has it.
/// Errors: Denied "ApiKeyMalformed" where it has a line's end or another control character within.
Result<Secret> usable_api_key(const Secret& api_key, const std::string& place);

/// The API key of the object's account: from the Secret that its spec names, else the controller's own.
/// Errors: Denied "ApiKeyMissing" or "ApiKeyMalformed", with what to do.
Result<Secret> api_key_of(const Context& ctx, ResourceStore& store, const VpcPeering& peering,
                          const std::optional<Secret>& own_api_key);

/// The error with what only we know, if it says that the key is refused: where that key stands.
Error explain_refused_key(Error error, const VpcPeering& peering);
/// The same where it is known otherwise: what to put a key into, and whose address Vultr has to admit.
Error explain_refused_key(Error error, const std::string& place, const std::string& whose);

}  // namespace vpcp
