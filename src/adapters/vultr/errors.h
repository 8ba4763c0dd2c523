#pragma once
#include "vpcp/ports/http_client.h"

namespace vpcp::vultr {

/// Reasons that do not leave this adapter where they mean success: deleting what is gone, adding what is
/// there.
inline constexpr const char* kNotFound = "NotFound";
inline constexpr const char* kAlreadyDefined = "AlreadyDefined";

/// What a person does about an answer that is not one of Vultr's.
inline constexpr const char* kOtherServer =
    "look whether --vultr-url (VPCP_VULTR_URL) is right, and whether a proxy stands between";

/// The one translation of Vultr's refusals (any status that is not 2xx). Vultr has no error codes: the status
/// comes first, then the text, which changes between years.
Error to_error(const HttpResponse& refusal);

/// What the answer asks for in Retry-After (seconds), within bounds; 5 s when it does not say.
milliseconds retry_after(const HttpResponse& answer);

}  // namespace vpcp::vultr
