#include "vpcp/api/read.h"

#include <algorithm>

#include "api/document.h"
#include "api/meta_reader.h"
#include "api/names.h"
#include "api/own_yaml.h"
#include "api/spec_reader.h"
#include "api/status_reader.h"
#include "vpcp/api/read_json.h"

namespace vpcp {

std::string to_string(const FieldError& error) {
  std::string out = error.file;
  if (error.line > 0) out += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
  if (!out.empty()) out += ": ";
  if (!error.field.empty()) out += error.field + ": ";
  if (!error.value.empty()) out += "\"" + error.value + "\" ";
  out += error.message;
  if (!error.fix.empty()) out += ": " + error.fix;
  // A field's name is what someone wrote: it must not end the line.
  std::ranges::replace_if(
      out, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return out;
}

std::string to_string(const std::vector<FieldError>& errors, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < std::min(errors.size(), limit); ++i) {
    out += (out.empty() ? "" : "; ") + to_string(errors[i]);
  }
  if (errors.size() > limit) out += "; and " + std::to_string(errors.size() - limit) + " more";
  return out;
}

Position Source::position_of(std::string field) const {
  while (true) {
    const auto found = positions.find(field);
    if (found != positions.end()) return found->second;
    const auto cut = field.find_last_of(".[");
    if (cut == std::string::npos) return start;
    field.resize(cut);
  }
}

FieldError Source::located(FieldError error) const {
  const Position where = position_of(error.field);
  error.file = file;
  error.line = where.line;
  error.column = where.column;
  return error;
}

namespace {

constexpr const char* kSecretKind = "Secret";

/// Reads one document into `out`.
class ManifestReader {
 public:
  ManifestReader(Document& document, ReadManifests& out)
      : document_(document), out_(out), errors_before_(out.errors.size()) {}

  void read() {
    Report report{document_.source, out_.errors};
    const Field root(&document_.root, "", report);
    const std::string kind = root["kind"].text_or_empty();
    if (kind == kKind) return read_peering(root);
    if (kind == kSecretKind) {
      report.hide_values = true;
      return read_secret(root);
    }
    out_.unreadable = true;
    // A document that is not ours may be anything, so nothing but its kind is shown.
    report.hide_values = !document_.root.is_object();
    if (!root.is_map() || !root["kind"].required("write VPCPeering or Secret")) return;
    root["kind"].refuse("is not a kind that is read here", "write VPCPeering or Secret");
  }

 private:
  [[nodiscard]] bool failed() const { return out_.errors.size() > errors_before_; }

  static void check_version(const Field& root, const char* version) {
    const Field field = root["apiVersion"];
    if (!field.required(std::string("write ") + version)) return;
    const char* const words[] = {version};
    (void)read_word(field, words);
  }

  void read_peering(const Field& root) {
    // A status may stand there, as in what a store prints; nobody declares one.
    (void)root.is_map({"apiVersion", "kind", "metadata", "spec", "status"});
    check_version(root, kApiVersion);
    const ObjectKey key = read_manifest_name(root["metadata"]);
    VpcPeering object;
    object.meta.ns = key.ns;
    object.meta.name = key.name;
    object.spec = read_spec(root["spec"]);
    auto& list = failed() ? out_.faulty : out_.peerings;
    list.push_back({std::move(object), std::move(document_.source)});
    if (!failed()) return;
    if (key.name.empty()) {
      out_.unreadable = true;
    } else {
      out_.refused.push_back(key);
    }
  }

  void read_secret(const Field& root) {
    (void)root.is_map({"apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData"});
    check_version(root, "v1");
    SecretManifest secret;
    secret.key = read_manifest_name(root["metadata"]);
    read_data(root["data"], secret, /*encoded=*/true);
    read_data(root["stringData"], secret, /*encoded=*/false);
    if (!failed()) out_.secrets.push_back({std::move(secret), std::move(document_.source)});
    wipe_texts(document_.root);
  }

  static void read_data(const Field& data, SecretManifest& secret, bool encoded) {
    if (!data.written() || !data.is_map()) return;
    for (const auto& [name, value] : data.json().items()) {
      const Field field = data.member(name);
      if (!kSecretKey.accepts(name)) field.refuse(kSecretKey.message, kSecretKey.fix);
      if (!value.is_string()) {
        field.refuse("is not text", "put the value in quotes");
        continue;
      }
      const auto& text = value.get_ref<const std::string&>();
      std::optional<std::string> bytes = encoded ? base64_decode(text) : std::optional(text);
      if (!bytes) {
        field.refuse("is not base64", "write it in base64 with padding, or plain under stringData");
        continue;
      }
      secret.data[name] = Secret::take(std::move(*bytes));
    }
  }

  static void wipe_texts(nlohmann::json& value) {
    if (value.is_string()) return wipe(value.get_ref<std::string&>());
    if (!value.is_structured()) return;
    for (auto& inner : value) wipe_texts(inner);
  }

  Document& document_;
  ReadManifests& out_;
  std::size_t errors_before_;
};

Error invalid(const std::vector<FieldError>& errors) {
  return {ErrorKind::Invalid, "InvalidObject", to_string(errors), {}};
}

}  // namespace

ReadManifests read_manifests(std::string_view text, const std::string& file) {
  ReadManifests out;
  Documents parsed = parse_yaml(text, file);
  out.errors = std::move(parsed.errors);
  out.unreadable = !out.errors.empty();
  for (Document& document : parsed.documents) ManifestReader(document, out).read();
  return out;
}

ReadPeering read_peering_json(std::string_view json) {
  ReadPeering out;
  const auto object = parse_json(json);
  if (object.ok()) return read_peering(*object);
  out.errors.push_back({"", 0, 0, "", "", object.error().message, "give the object as JSON"});
  return out;
}

ReadPeering read_peering(const nlohmann::json& object) {
  ReadPeering out;
  const Source nowhere;
  Report report{.source = nowhere, .errors = out.errors, .unknown_names_pass = true};
  const Field root(&object, "", report);
  if (!root.written() || !root.is_map()) {
    out.errors.push_back({"", 0, 0, "", "", "is not an object", "give a VPCPeering"});
    return out;
  }
  out.object.meta = read_stored_meta(root["metadata"]);
  out.object.spec = read_spec(root["spec"]);
  out.object.unreadable = to_string(out.errors);
  // A status is told anew: words of a newer version in it are no reason to leave the object alone.
  std::vector<FieldError> of_status;
  Report status_report{.source = nowhere, .errors = of_status, .unknown_names_pass = true};
  out.object.status = read_status(Field(&object, "", status_report)["status"]);
  return out;
}

Result<PeeringSpec> read_spec_json(std::string_view json) {
  const nlohmann::json root = TRY(parse_json(json));
  const Source nowhere;
  std::vector<FieldError> errors;
  Report report{nowhere, errors};
  PeeringSpec spec = read_spec(Field(&root, "spec", report));
  if (!errors.empty()) return invalid(errors);
  return spec;
}

namespace {

PeeringStatus status_in(const nlohmann::json& json) {
  const Source nowhere;
  std::vector<FieldError> left_out;
  Report report{nowhere, left_out};
  return read_status(Field(&json, "status", report));
}

Error no_status() {
  return {ErrorKind::Invalid, "InvalidObject", "the text is not one YAML document with a status", {}};
}

Result<ReadStatus> status_of(const nlohmann::json& document) {
  const auto status = document.find("status");
  const auto metadata = document.find("metadata");
  const bool whole =
      status != document.end() && status->is_object() && metadata != document.end() && metadata->is_object();
  if (!whole) return no_status();
  const Source nowhere;
  std::vector<FieldError> left_out;
  Report report{nowhere, left_out};
  return ReadStatus{read_stored_meta(Field(&*metadata, "metadata", report)).key(), status_in(*status)};
}

}  // namespace

Result<PeeringStatus> read_status_json(std::string_view json) {
  return status_in(TRY(parse_json(json)));
}

Result<ReadStatus> read_status_yaml(std::string_view yaml) {
  // What was cut off at the end of a line would read like a status of less.
  if (!yaml.ends_with(kEndOfYaml)) return no_status();
  yaml.remove_suffix(kEndOfYaml.size());
  if (const auto own = parse_own_yaml(yaml); own && own->is_object()) return status_of(*own);
  const Documents parsed = parse_yaml(yaml, "");
  if (!parsed.errors.empty()) return invalid(parsed.errors);
  if (parsed.documents.size() != 1 || !parsed.documents[0].root.is_object()) return no_status();
  return status_of(parsed.documents[0].root);
}

}  // namespace vpcp
