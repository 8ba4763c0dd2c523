#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/vpcpctl/session.h"

namespace vpcp::ctl {

/// What the controller has logged, the end of it, scrubbed of whatever looks like a key: of `file` ("-":
/// standard input), or where that is empty of the store. Where neither has any, one that says how to get it.
/// Errors: Invalid "NotReadable".
Result<std::vector<KeptLog>> controller_logs(Session& session, const std::string& file);

/// The version that the controller said it is when it started last, in either form of its log; empty where
/// the log does not reach back so far.
std::string version_in(std::string_view log);

}  // namespace vpcp::ctl
