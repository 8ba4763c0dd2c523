// What is read in a state directory; nothing here needs its lock.
#include "adapters/directory/state_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/directory/files.h"
#include "vpcp/api/read_json.h"
#include "vpcp/base/parallel.h"

namespace vpcp::directory {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kUnreadable = "StateUnreadable";

constexpr std::size_t kMaxFile = std::size_t{16} << 20U;
constexpr unsigned kMostReaders = 8;

std::optional<ObjectKey> key_of_file(const fs::path& path, const std::string& extension) {
  const std::string name = path.filename().string();
  const auto dot = name.find('.');
  if (dot == 0 || dot == std::string::npos || !name.ends_with(extension)) return std::nullopt;
  if (name.size() <= dot + 1 + extension.size()) return std::nullopt;
  return ObjectKey{name.substr(0, dot), name.substr(dot + 1, name.size() - dot - 1 - extension.size())};
}

Result<std::optional<Record>> read_record(const fs::path& path) {
  const auto file = TRY(read_state_file(path, kMaxFile));
  if (!file) return std::optional<Record>{};  // its owner has just removed it
  const json root = parse_bounded_json(file->text);
  if (!root.is_object() || !root.contains("object")) return unreadable(path, "no JSON object");
  ReadPeering read = read_peering(root["object"]);
  if (!read.errors.empty()) return unreadable(path, to_string(read.errors));
  Record record{std::move(read.object), ""};
  if (const auto name = root.find("file"); name != root.end() && name->is_string())
    record.file = name->get<std::string>();
  return std::optional(std::move(record));
}

Error status_unreadable(const fs::path& path, const std::string& why) {
  return {ErrorKind::Denied,
          kUnreadable,
          path.string() + " cannot be read (" + why +
              "): the controller writes it anew within a minute; if none runs, start it, and if it stays "
              "like this, restart it",
          {}};
}

Result<std::optional<PeeringStatus>> read_status_file(const fs::path& path, const ObjectKey& key) {
  const auto file = read_state_file(path, kMaxFile);
  if (!file.ok() && file.error().reason == "NotAFile") return status_unreadable(path, "it is no file");
  if (!file.ok()) return file.error();
  if (!*file) return std::optional<PeeringStatus>{};
  auto read = read_status_yaml((*file)->text);
  if (!read.ok()) return status_unreadable(path, (*file)->text.empty() ? "it is empty" : "it is damaged");
  if (read->key != key) return status_unreadable(path, "it is of " + read->key.str());
  return std::optional(std::move(read->status));
}

/// When the file was written last: since then, at most, it is as it is.
SystemTime written_at(const fs::path& path) {
  std::error_code problem;
  const auto time = fs::last_write_time(path, problem);
  return problem ? SystemTime{}
                 : std::chrono::time_point_cast<SystemTime::duration>(std::chrono::file_clock::to_sys(time));
}

}  // namespace

/// A namespace has no dot, so the first one separates.
std::string file_name(const ObjectKey& key, const char* extension) {
  return key.ns + "." + key.name + extension;
}

Error unreadable(const fs::path& path, const std::string& why) {
  return {ErrorKind::Denied,
          kUnreadable,
          path.string() + " cannot be read (" + why +
              "): restore it from a backup; it says which cloud resources are ours",
          {}};
}

Error not_permitted(const fs::path& path, const char* doing) {
  return {ErrorKind::Denied,
          "StateNotReadable",
          path.string() + " may not be " + doing +
              " by this user: run vpcpctl as the user that runs the controller, or by sudo",
          {}};
}

Result<std::optional<FileText>> read_state_file(const fs::path& path, std::size_t limit) {
  auto file = read_file(path, limit);
  if (!file.ok() && file.error().kind == ErrorKind::Denied) return not_permitted(path, "read");
  return file;
}

Result<std::vector<fs::path>> files_in(const fs::path& directory) {
  std::error_code problem;
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(directory, problem)) out.push_back(entry.path());
  if (problem == std::errc::permission_denied) return not_permitted(directory, "read");
  if (problem) return unreadable(directory, problem.message());
  std::ranges::sort(out);
  return out;
}

Result<std::optional<SealedFile>> read_sealed(const fs::path& path) {
  const auto file = TRY(read_state_file(path, kMaxFile));
  if (!file) return std::optional<SealedFile>{};
  const json root = parse_bounded_json(file->text);
  const bool whole = root.is_object() && root.contains("owner") && root["owner"].is_string() &&
                     root.contains("box") && root["box"].is_string();
  if (!whole) return unreadable(path, "not a sealed Secret");
  return std::optional(SealedFile{root["owner"].get<std::string>(), root["box"].get<std::string>()});
}

/// What a sealed Secret is bound to: its place and its owner.
std::string sealed_name(const ObjectKey& key, const std::string& owner) {
  return key.str() + "\n" + owner;
}

Status check_format(const fs::path& root) {
  const auto file = TRY(read_state_file(root / kFormat, 64));
  if (!file) return {};
  const std::string_view number =
      std::string_view(file->text).substr(0, file->text.find_last_not_of(" \r\n") + 1);
  if (number == kFormatNow.substr(0, kFormatNow.size() - 1)) return {};
  const bool is_number = !number.empty() && number.front() != '0' &&
                         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number)
    return Error{ErrorKind::Denied,
                 kUnreadable,
                 (root / kFormat).string() +
                     " is damaged, so the folder may be one of a newer version: restore it from a "
                     "backup, or remove it if no newer version has run here; it is written anew",
                 {}};
  return Error{ErrorKind::Denied,
               "StateOfNewerVersion",
               root.string() + " was written by a newer version: use a program of that version",
               {}};
}

Result<std::optional<Record>> read_one(const fs::path& root, const ObjectKey& key, BadStatus bad_status) {
  const fs::path path = root / kObjects / file_name(key, ".json");
  auto record = TRY(read_record(path));
  if (!record) return record;
  if (record->object.meta.key() != key) return unreadable(path, "it is of another object");
  const fs::path status_path = root / kStatuses / file_name(key, ".yaml");
  auto status = read_status_file(status_path, key);
  if (status.ok() && *status) record->object.status = std::move(**status);
  if (status.ok() || bad_status == BadStatus::IsNone) return record;
  if (status.error().reason != kUnreadable) return std::move(status).error();
  record->object.status.conditions = {{condition::kReady, ConditionStatus::Unknown, kUnreadable,
                                       status.error().message, 0, written_at(status_path)}};
  return record;
}

/// Reading YAML and JSON is what takes the time, so all processors share in it.
Result<Records> read_records(const fs::path& root, BadStatus bad_status) {
  std::vector<ObjectKey> keys;
  for (const fs::path& path : TRY(files_in(root / kObjects))) {
    if (auto key = key_of_file(path, ".json")) keys.push_back(*std::move(key));
  }
  std::vector<Result<std::optional<Record>>> read(keys.size(), std::optional<Record>{});
  parallel_for(keys.size(), std::clamp(std::thread::hardware_concurrency(), 1U, kMostReaders), {},
               [&](std::size_t i) { read[i] = read_one(root, keys[i], bad_status); });
  Records records;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (auto record = TRY(std::move(read[i]))) records.emplace(keys[i], *std::move(record));
  }
  return records;
}

Result<std::optional<SecretData>> read_secret(const fs::path& root, const SealedBox& box,
                                              const ObjectKey& key) {
  const fs::path path = root / kSecrets / file_name(key, ".sealed");
  const auto sealed = TRY(read_sealed(path));
  if (!sealed) return std::optional<SecretData>{};
  std::optional<std::string> text = box.open(sealed->box, sealed_name(key, sealed->owner));
  if (!text) return unreadable(path, "it was sealed with another key or has been changed");
  json inner = parse_bounded_json(*text);
  wipe(*text);
  if (!inner.is_object()) return unreadable(path, "it holds no Secret");
  SecretData data;
  for (auto& [name, value] : inner.items()) {
    if (!value.is_string()) return unreadable(path, "it holds no Secret");
    auto bytes = base64_decode(value.get_ref<const std::string&>());
    wipe(value.get_ref<std::string&>());
    if (!bytes) return unreadable(path, "it holds no Secret");
    data[name] = Secret::take(std::move(*bytes));
  }
  return std::optional(std::move(data));
}

OperatorRequest read_request(const fs::path& root, const ObjectKey& key) {
  const auto file = read_file(root / kRequests / file_name(key, ".json"), kMaxFile);
  if (!file.ok() || !*file) return {};
  const json request = parse_bounded_json((*file)->text);
  if (!request.is_object()) return {};
  OperatorRequest out;
  if (const auto suspend = request.find("suspend"); suspend != request.end() && suspend->is_boolean())
    out.suspend = suspend->get<bool>();
  if (const auto word = request.find("reconcileAt"); word != request.end() && word->is_string())
    out.reconcile_at = word->get<std::string>();
  return out;
}

Status write_request(const fs::path& root, const ObjectKey& key, const OperatorRequest& request) {
  const fs::path path = root / kRequests / file_name(key, ".json");
  if (request.empty()) return remove_file(path);
  const json text = {{"suspend", request.suspend}, {"reconcileAt", request.reconcile_at}};
  return write_file(path, text.dump(2) + "\n");
}

}  // namespace vpcp::directory
