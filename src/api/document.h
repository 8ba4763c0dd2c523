#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/api/read.h"

namespace vpcp {

/// A document as JSON, whatever it was written in, and where its fields stand in the text.
struct Document {
  nlohmann::json root;
  Source source;
};

struct Documents {
  std::vector<Document> documents;  ///< Empty ones are left out.
  std::vector<FieldError> errors;   ///< What is no YAML, or more than we are willing to read.
};

Documents parse_yaml(std::string_view text, const std::string& file);
/// The value, or what is wrong with the text.
Result<nlohmann::json> parse_json(std::string_view text);

/// What a plain YAML scalar means by the YAML 1.2 core schema: null, a boolean, a number or a string.
nlohmann::json plain_scalar(const std::string& text);

/// "spec" + "sites" -> "spec.sites"; a name at the top stands alone.
std::string field_path(const std::string& parent, const std::string& name);
std::string item_path(const std::string& parent, std::size_t index);

}  // namespace vpcp
