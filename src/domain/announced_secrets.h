#pragma once
#include <string>
#include <string_view>

namespace vpcp {

/// What stands in the place of a secret.
constexpr std::string_view kHiddenSecret = "[key]";

/// Is what has this name secret, as of apiKey, DB_PASSWORD and --client-secret?
bool names_secret(std::string_view name);

/// Without what can be told to be secret by what it begins with, or what stands before it: values of names
/// (name=…, name: …, "name":…, also in JSON within JSON, --name …), what Authorization and Cookie have,
/// //user:…@host, JSON Web Tokens. Strings of JSON keep their ends. Takes time by the length of the text.
std::string without_announced(std::string_view text);

}  // namespace vpcp
