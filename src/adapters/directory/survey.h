#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/directory/manifest_scan.h"
#include "adapters/directory/state_dir.h"

namespace vpcp::directory {

/// A Secret that a person declared.
struct DeclaredSecret {
  SecretData data;
  std::string file;
};
using DeclaredSecrets = std::map<ObjectKey, DeclaredSecret>;

/// What the manifests ask for, each object once.
struct Survey {
  struct Declared {
    PeeringSpec spec;
    std::string file;
    std::string reconcile_at{};  ///< Not of the manifest: what vpcpctl asks for.
  };
  std::map<ObjectKey, Declared> declared;
  DeclaredSecrets secrets;
  std::vector<FieldError> errors;  ///< All of them, in order of files.
  std::set<ObjectKey> held;        ///< Declared in words that are refused: stays as it is.
  std::set<std::string> files;
  std::set<std::string> broken_files;      ///< With any error.
  std::set<std::string> unreadable_files;  ///< Of which not even the names of all objects are known.
  bool directory_in_doubt{false};          ///< It cannot be listed, or may be the wrong one: removes nothing.
};

/// PURE. Of an object that stands in two places, the place that declared it before wins, else the first; the
/// other is an error.
Survey survey(const ManifestScan& scan, const Records& records, const DeclaredSecrets& secrets_before);

enum class ChangeKind {
  Create,  ///< A new object, with a new uid.
  Update,  ///< Its spec differs, or a pass is asked for.
  Move,    ///< The same spec, from another file.
  Remove,  ///< No manifest has it.
};

struct Change {
  ChangeKind kind;
  ObjectKey key;
  friend bool operator==(const Change&, const Change&) = default;
};

/// PURE. A directory that has not held one manifest since the process started, though objects are known, is
/// likelier a volume that is not mounted than a wish to remove them all. Puts the survey in doubt and says
/// so.
void doubt_empty_directory(const std::filesystem::path& directory, const Records& records, Survey& survey);

/// PURE. How to make the records what the manifests say. A manifest that cannot be read removes nothing: not
/// what it declared before, nor what could have been moved into it.
std::vector<Change> changes(const Survey& survey, const Records& records);

/// PURE. The Secrets as they are after the survey; of files that are broken now the last good ones stay.
DeclaredSecrets merged_secrets(const Survey& survey, const DeclaredSecrets& before);

}  // namespace vpcp::directory
