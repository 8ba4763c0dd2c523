#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/api/ids.h"
#include "vpcp/api/status.h"
#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// One thing that is wrong in a manifest, in a form that a person can act on.
struct FieldError {
  std::string file;
  int line{0};  ///< From 1; 0: not known.
  int column{0};
  std::string field;    ///< "spec.sites[1].vpc.cidr"; empty for the file as a whole.
  std::string value;    ///< As written, shortened; empty when there is none or it must not be seen.
  std::string message;  ///< What is wrong, so that it reads on from the value: "is not a network".
  std::string fix;      ///< What to write instead.
  friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// `FILE:LINE:COL: spec.sites[1].vpc.cidr: "172.16.2.0/33" is not a network: write it as a.b.c.d/n, …`
std::string to_string(const FieldError& error);
/// All of them, joined by "; ", at most `limit` and then "and N more".
std::string to_string(const std::vector<FieldError>& errors, std::size_t limit = 5);

struct Position {
  int line{0};
  int column{0};
  friend bool operator==(const Position&, const Position&) = default;
};

/// Where the fields of one document are written, so that later checks can point at them.
struct Source {
  std::string file;
  Position start;                             ///< Of the document.
  std::map<std::string, Position> positions;  ///< By field path.

  /// Of the field or, when it is not written, of the nearest field around it.
  [[nodiscard]] Position position_of(std::string field) const;
  /// `error` with file, line and column filled in from its field.
  [[nodiscard]] FieldError located(FieldError error) const;
};

template <class T>
struct Located {
  T object;
  Source source;
};

/// A v1 Secret of a manifest: `data` (base64) and `stringData` (plain) together.
struct SecretManifest {
  ObjectKey key;
  std::map<std::string, Secret> data;
};

/// What one file holds. A document with an error is not among the objects; the others are.
struct ReadManifests {
  std::vector<Located<VpcPeering>> peerings;  ///< `meta` has namespace ("default" if not written) and name.
  std::vector<Located<SecretManifest>> secrets;
  std::vector<FieldError> errors;
  std::vector<ObjectKey> refused;  ///< Peerings with errors whose name could be read.
  /// Peerings with errors, as far as they could be read: to be checked further, never to be used.
  std::vector<Located<VpcPeering>> faulty;
  bool unreadable{false};  ///< Something in the file could not be told apart at all.
};

/// Reads a file of YAML documents (JSON is YAML): kinds VPCPeering and Secret. Strict: unknown and repeated
/// fields, wrong types and values out of range are refused, all at once. Only the form is checked here; what
/// the values mean together is the domain's. Hostile input is bounded (size, depth, aliases).
ReadManifests read_manifests(std::string_view text, const std::string& file);

/// A VPCPeering as an API server hands it out. `object.meta` is filled even when the spec has errors, so that
/// they can be reported on the object; with errors, `spec` is not to be used. Names that are not known are
/// passed over: a newer version may have stored them.
struct ReadPeering {
  VpcPeering object;
  std::vector<FieldError> errors;
};
ReadPeering read_peering_json(std::string_view json);

Result<PeeringSpec> read_spec_json(std::string_view json);
/// Lenient, since we wrote it ourselves, perhaps in another version: what cannot be read is left out.
Result<PeeringStatus> read_status_json(std::string_view json);
struct ReadStatus {
  ObjectKey key;
  PeeringStatus status;
};
/// Reads back what status_to_yaml wrote. Errors: Invalid, also when its end is missing.
Result<ReadStatus> read_status_yaml(std::string_view yaml);

}  // namespace vpcp
