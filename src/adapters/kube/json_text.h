#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "vpcp/base/clock.h"

namespace vpcp::kube {

/// The value at the path of member names; a JSON null when something on the way is not there. Answers of an
/// API server are read leniently: what is not there is empty.
const nlohmann::json& at(const nlohmann::json& root, std::initializer_list<const char*> path);
/// The text at the path, "" when there is none.
std::string text_at(const nlohmann::json& root, std::initializer_list<const char*> path);
/// The whole number at the path, 0 when there is none.
std::int64_t number_at(const nlohmann::json& root, std::initializer_list<const char*> path);
/// What an API server says, without `metadata.managedFields`: who wrote which field is most of an object's
/// text, and nobody here reads it. Discarded (nlohmann's word) when the text is no JSON.
nlohmann::json parse_answer(std::string_view text);
/// The text without those members, and otherwise as it was.
std::string without_managed_fields(std::string_view text);
/// JSON in one line; bytes that are not UTF-8 are replaced.
std::string to_text(const nlohmann::json& value);

/// MicroTime of the API: RFC 3339 with six places.
std::string to_micro_time(SystemTime time);

/// Text of others for people: printable, one line, bounded.
std::string shown(std::string text);

/// Whether version `a` is older than `b`. The API server counts them (KEP-5504: decimal, comparable among
/// objects of one resource); anything else is not older.
bool is_older(const std::string& a, const std::string& b);

}  // namespace vpcp::kube
