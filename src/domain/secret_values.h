#pragma once
#include <cstddef>
#include <string_view>

namespace vpcp {

// What can be told of a value that stands behind the name of something secret.

char in_small(char c);
/// Whatever capitals the text has; the words have none.
bool begins_with(std::string_view text, std::string_view words);
/// Unlike what a sentence goes on with: "no token: permission denied".
bool is_no_plain_word(std::string_view value);
/// Of YAML: the value is on the lines below.
bool is_block_sign(std::string_view value);
bool is_no_value(std::string_view word);
/// "network/vultr"
bool is_object_name(std::string_view value);
/// Longer ones are hidden, so that no text is looked at again and again.
bool is_folder(std::string_view value);
/// "/run/secrets/token". One in 64 secrets in base64 begins with "/"; those have capitals.
bool is_path_of_file(std::string_view value);
/// "unexpected token: '}'"
bool is_sign(std::string_view value);
/// "5 minutes left until": no token. Other words can be one: "abcd efgh ijkl mnop", "4711 is your code".
bool is_time(std::string_view text);
/// "Bearer " of what stands behind a name: how it is sent, and no part of it.
std::size_t length_of_scheme(std::string_view rest);
/// Of what begins with a bracket, up to the one that closes it; 0 if none does.
std::size_t length_of_flow(std::string_view text);
/// Behind an option: "--token FILE", "--token is".
bool is_of_a_sentence(std::string_view word);

}  // namespace vpcp
