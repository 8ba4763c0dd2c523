#include "adapters/directory/survey.h"

#include <algorithm>

namespace vpcp::directory {

namespace {

FieldError declared_twice(const Source& source, const ObjectKey& key, const std::string& other_file) {
  return source.located({"", 0, 0, "metadata.name", key.name, "is declared in " + other_file + " too",
                         "remove one of the two"});
}

/// A place in which an object is declared: `peering` is null where its words are refused.
struct Claim {
  std::string file;
  const Located<VpcPeering>* peering{nullptr};
};
using Claims = std::map<ObjectKey, std::vector<Claim>>;

Claims claims_in(const ManifestScan& scan) {
  Claims claims;
  for (const auto& [file, manifests] : scan.files) {
    for (const ObjectKey& key : manifests->refused) claims[key].push_back({file, nullptr});
    for (const auto& peering : manifests->peerings)
      claims[peering.object.meta.key()].push_back({file, &peering});
  }
  return claims;
}

void settle(const ObjectKey& key, const std::vector<Claim>& claims, const Records& records, Survey& out) {
  const auto record = records.find(key);
  auto winner = claims.begin();
  if (record != records.end()) {
    const auto same_file = std::ranges::find(claims, record->second.file, &Claim::file);
    if (same_file != claims.end()) winner = same_file;
  }
  if (winner->peering == nullptr) {
    out.held.insert(key);
  } else {
    out.declared[key] = {winner->peering->object.spec, winner->file, ""};
  }
  for (auto claim = claims.begin(); claim != claims.end(); ++claim) {
    if (claim == winner || claim->peering == nullptr) continue;
    out.errors.push_back(declared_twice(claim->peering->source, key, winner->file));
    out.broken_files.insert(claim->file);
  }
}

void add_secrets(const std::string& file, const ReadManifests& manifests, const DeclaredSecrets& before,
                 Survey& out) {
  for (const auto& secret : manifests.secrets) {
    const ObjectKey& key = secret.object.key;
    const auto known = out.secrets.find(key);
    if (known == out.secrets.end()) {
      out.secrets[key] = {secret.object.data, file};
      continue;
    }
    const auto old = before.find(key);
    const bool this_one_is_older =
        old != before.end() && old->second.file == file && known->second.file != file;
    out.errors.push_back(declared_twice(secret.source, key, this_one_is_older ? file : known->second.file));
    out.broken_files.insert(file);
    if (this_one_is_older) known->second = {secret.object.data, file};
  }
}

bool is_protected(const Record& record, const Survey& survey) {
  if (survey.directory_in_doubt) return true;
  if (survey.unreadable_files.contains(record.file)) return true;
  return !survey.files.contains(record.file) && !survey.unreadable_files.empty();
}

}  // namespace

Survey survey(const ManifestScan& scan, const Records& records, const DeclaredSecrets& secrets_before) {
  Survey out;
  out.directory_in_doubt = scan.problem.has_value();
  if (scan.problem) out.errors.push_back(*scan.problem);
  for (const auto& [file, manifests] : scan.files) {
    out.files.insert(file);
    if (!manifests->errors.empty()) out.broken_files.insert(file);
    if (manifests->unreadable) out.unreadable_files.insert(file);
    out.errors.insert(out.errors.end(), manifests->errors.begin(), manifests->errors.end());
    add_secrets(file, *manifests, secrets_before, out);
  }
  for (const auto& [key, claims] : claims_in(scan)) settle(key, claims, records, out);
  return out;
}

void doubt_empty_directory(const std::filesystem::path& directory, const Records& records, Survey& survey) {
  const auto lives = [](const auto& entry) { return !entry.second.object.meta.deletion_timestamp; };
  const auto objects = std::ranges::count_if(records, lives);
  if (!survey.files.empty() || objects == 0) return;
  survey.directory_in_doubt = true;
  survey.errors.push_back(
      {directory.string(), 0, 0, "", "",
       "holds no manifest at the start, though " + std::to_string(objects) +
           " objects are known: nothing is removed",
       "mount the right directory; to remove them all, put an empty file none.yaml there"});
}

std::vector<Change> changes(const Survey& survey, const Records& records) {
  std::vector<Change> out;
  for (const auto& [key, declared] : survey.declared) {
    const auto record = records.find(key);
    if (record == records.end()) {
      out.push_back({ChangeKind::Create, key});
    } else if (record->second.object.meta.deletion_timestamp) {
      continue;  // declared again: a new object once this one is gone
    } else if (record->second.object.spec != declared.spec ||
               record->second.object.meta.reconcile_at != declared.reconcile_at) {
      out.push_back({ChangeKind::Update, key});
    } else if (record->second.file != declared.file) {
      out.push_back({ChangeKind::Move, key});
    }
  }
  for (const auto& [key, record] : records) {
    if (record.object.meta.deletion_timestamp || survey.declared.contains(key) || survey.held.contains(key))
      continue;
    if (!is_protected(record, survey)) out.push_back({ChangeKind::Remove, key});
  }
  return out;
}

DeclaredSecrets merged_secrets(const Survey& survey, const DeclaredSecrets& before) {
  DeclaredSecrets out = survey.secrets;
  for (const auto& [key, secret] : before) {
    if (survey.directory_in_doubt || survey.broken_files.contains(secret.file)) out.emplace(key, secret);
  }
  return out;
}

}  // namespace vpcp::directory
