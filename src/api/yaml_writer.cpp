#include "api/yaml_writer.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "api/document.h"

namespace vpcp {

using Json = nlohmann::ordered_json;

namespace {

bool fits_one_line(const Json& map) {
  constexpr std::size_t kMostFields = 3;
  constexpr std::size_t kMostText = 40;
  return map.size() <= kMostFields && std::ranges::all_of(map, [](const Json& value) {
           return value.is_primitive() &&
                  (!value.is_string() || value.get_ref<const std::string&>().size() <= kMostText);
         });
}

void emit(YAML::Emitter& out, const Json& value);

void emit_text(YAML::Emitter& out, const std::string& text) {
  if (!plain_scalar(text).is_string()) out << YAML::DoubleQuoted;
  out << text;
}

void emit_map(YAML::Emitter& out, const Json& map) {
  if (fits_one_line(map)) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const auto& [name, inner] : map.items()) {
    out << YAML::Key << name << YAML::Value;
    emit(out, inner);
  }
  out << YAML::EndMap;
}

void emit_list(YAML::Emitter& out, const Json& list) {
  out << YAML::BeginSeq;
  for (const Json& inner : list) emit(out, inner);
  out << YAML::EndSeq;
}

void emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) return emit_map(out, value);
  if (value.is_array()) return emit_list(out, value);
  if (value.is_string()) return emit_text(out, value.get_ref<const std::string&>());
  out << value.dump();
}

}  // namespace

std::string to_yaml(const Json& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace vpcp
