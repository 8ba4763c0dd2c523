#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/answer.h"

namespace vpcp::lab {

using Json = nlohmann::json;

/// Reads the members of a request body. null means absent; a member of the wrong type reads as absent and is
/// told by check(), which the caller asks once after reading.
class Fields {
 public:
  explicit Fields(const Json& body) : body_(body) {}

  std::optional<std::string> text(const char* name);
  std::string text_or_empty(const char* name) { return text(name).value_or(""); }
  std::optional<bool> flag(const char* name);
  /// Also a number in a string, which some clients send.
  std::optional<int> number(const char* name);
  std::optional<double> real(const char* name);
  std::optional<std::vector<std::string>> list(const char* name);
  [[nodiscard]] bool has(const char* name) const;

  [[nodiscard]] Answer<Done> check() const;

 private:
  const Json* member(const char* name) const;
  void wrong(const char* name);

  const Json& body_;
  std::string wrong_;
};

}  // namespace vpcp::lab
