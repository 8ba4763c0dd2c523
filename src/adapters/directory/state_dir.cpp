#include "adapters/directory/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <nlohmann/json.hpp>

#include "vpcp/api/read.h"
#include "vpcp/api/write.h"

namespace vpcp::directory {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kMaxFile = std::size_t{16} << 20U;
constexpr const char* kObjects = "objects";
constexpr const char* kStatuses = "status";
constexpr const char* kSecrets = "secrets";

/// A namespace has no dot, so the first one separates.
std::string file_name(const ObjectKey& key, const char* extension) {
  return key.ns + "." + key.name + extension;
}

std::optional<ObjectKey> key_of_file(const fs::path& path, const std::string& extension) {
  const std::string name = path.filename().string();
  const auto dot = name.find('.');
  if (dot == 0 || dot == std::string::npos || !name.ends_with(extension)) return std::nullopt;
  if (name.size() <= dot + 1 + extension.size()) return std::nullopt;
  return ObjectKey{name.substr(0, dot), name.substr(dot + 1, name.size() - dot - 1 - extension.size())};
}

Error unreadable(const fs::path& path, const std::string& why) {
  return {ErrorKind::Denied,
          "StateUnreadable",
          path.string() + " cannot be read (" + why +
              "): restore it from a backup; it says which cloud resources are ours",
          {}};
}

Result<std::vector<fs::path>> files_in(const fs::path& directory) {
  std::error_code problem;
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(directory, problem)) out.push_back(entry.path());
  if (problem) return unreadable(directory, problem.message());
  std::ranges::sort(out);
  return out;
}

Result<UniqueFd> take_lock(const fs::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.open()) return file_error("open", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error("lock", path);
    return Error{ErrorKind::Denied,
                 "StateInUse",
                 path.parent_path().string() +
                     " is in use by another process: stop that one, or give this one another state directory",
                 {}};
  }
  return fd;
}

Result<Record> read_record(const fs::path& path) {
  const auto file = TRY(read_file(path, kMaxFile));
  if (!file) return unreadable(path, "it is gone");
  const json root = json::parse(file->text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object() || !root.contains("object")) return unreadable(path, "no JSON object");
  ReadPeering read = read_peering_json(root["object"].dump());
  if (!read.errors.empty()) return unreadable(path, to_string(read.errors));
  Record record{std::move(read.object), ""};
  if (const auto name = root.find("file"); name != root.end() && name->is_string())
    record.file = name->get<std::string>();
  return record;
}

struct SealedFile {
  std::string owner;
  std::string box;
};

Result<std::optional<SealedFile>> read_sealed(const fs::path& path) {
  const auto file = TRY(read_file(path, kMaxFile));
  if (!file) return std::optional<SealedFile>{};
  const json root = json::parse(file->text, nullptr, /*allow_exceptions=*/false);
  const bool whole = root.is_object() && root.contains("owner") && root["owner"].is_string() &&
                     root.contains("box") && root["box"].is_string();
  if (!whole) return unreadable(path, "not a sealed Secret");
  return std::optional(SealedFile{root["owner"].get<std::string>(), root["box"].get<std::string>()});
}

/// What a sealed Secret is bound to: its place and its owner.
std::string sealed_name(const ObjectKey& key, const std::string& owner) {
  return key.str() + "\n" + owner;
}

}  // namespace

Result<StateDir> StateDir::open(const fs::path& root) {
  TRY(make_private_directory(root));
  UniqueFd lock = TRY(take_lock(root / "lock"));
  for (const char* folder : {kObjects, kStatuses, kSecrets}) {
    TRY(make_private_directory(root / folder));
    TRY(remove_leftovers(root / folder));
  }
  TRY(remove_leftovers(root));
  const bool has_secrets = !TRY(files_in(root / kSecrets))
  .empty();
  if (has_secrets && !fs::exists(root / "key")) {
    return Error{ErrorKind::Denied,
                 "StateKeyRefused",
                 (root / "key").string() +
                     " is missing, and there are Secrets sealed with it: restore it from a backup",
                 {}};
  }
  SealedBox box = TRY(SealedBox::with_key_file(root / "key"));
  return StateDir(root, std::move(lock), std::move(box));
}

Result<Records> StateDir::load() {
  Records records;
  for (const fs::path& path : TRY(files_in(root_ / kObjects))) {
    const auto key = key_of_file(path, ".json");
    if (!key) continue;
    Record record = TRY(read_record(path));
    if (record.object.meta.key() != *key) return unreadable(path, "it is of another object");
    // The status is rebuilt by looking, so one that cannot be read is no reason to stop.
    if (const auto file = read_file(root_ / kStatuses / file_name(*key, ".yaml"), kMaxFile);
        file.ok() && *file) {
      if (auto status = read_status_yaml((*file)->text); status.ok())
        record.object.status = std::move(status).value();
    }
    records.emplace(*key, std::move(record));
  }
  const auto orphaned = [](const std::string& owner, const Records& all) {
    return std::ranges::none_of(all,
                                [&](const auto& entry) { return entry.second.object.meta.uid == owner; });
  };
  TRY(remove_secrets(orphaned, records));
  return records;
}

Status StateDir::save(const Record& record) {
  const json root = {{"file", record.file}, {"object", json::parse(peering_to_json(record.object))}};
  const std::string text = root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return write_file(root_ / kObjects / file_name(record.object.meta.key(), ".json"), text);
}

Status StateDir::save_status(const VpcPeering& object) {
  return write_file(root_ / kStatuses / file_name(object.meta.key(), ".yaml"), status_to_yaml(object));
}

Status StateDir::forget(const VpcPeering& object) {
  const auto owned = [](const std::string& owner, const Records& gone) {
    return gone.begin()->second.object.meta.uid == owner;
  };
  TRY(remove_secrets(owned, {{object.meta.key(), Record{object, ""}}}));
  TRY(remove_file(root_ / kStatuses / file_name(object.meta.key(), ".yaml")));
  return remove_file(root_ / kObjects / file_name(object.meta.key(), ".json"));
}

Status StateDir::remove_secrets(bool (*unwanted)(const std::string&, const Records&),
                                const Records& records) {
  for (const fs::path& path : TRY(files_in(root_ / kSecrets))) {
    const auto sealed = read_sealed(path);
    if (!sealed.ok() || !*sealed) continue;  // said when someone asks for it
    if (unwanted((*sealed)->owner, records)) TRY(remove_file(path));
  }
  return {};
}

Result<std::optional<SecretData>> StateDir::secret(const ObjectKey& key) const {
  const fs::path path = root_ / kSecrets / file_name(key, ".sealed");
  const auto sealed = TRY(read_sealed(path));
  if (!sealed) return std::optional<SecretData>{};
  std::optional<std::string> text = box_.open(sealed->box, sealed_name(key, sealed->owner));
  if (!text) return unreadable(path, "it was sealed with another key or has been changed");
  json root = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  wipe(*text);
  if (!root.is_object()) return unreadable(path, "it holds no Secret");
  SecretData data;
  for (auto& [name, value] : root.items()) {
    if (!value.is_string()) return unreadable(path, "it holds no Secret");
    auto bytes = base64_decode(value.get_ref<const std::string&>());
    wipe(value.get_ref<std::string&>());
    if (!bytes) return unreadable(path, "it holds no Secret");
    data[name] = Secret::take(std::move(*bytes));
  }
  return std::optional(std::move(data));
}

Result<std::optional<std::string>> StateDir::secret_owner(const ObjectKey& key) const {
  const auto sealed = TRY(read_sealed(root_ / kSecrets / file_name(key, ".sealed")));
  if (!sealed) return std::optional<std::string>{};
  return std::optional(sealed->owner);
}

Status StateDir::save_secret(const ObjectKey& key, const std::string& owner_uid, const SecretData& data) {
  json inner = json::object();
  for (const auto& [name, secret] : data) inner[name] = base64_encode(secret.reveal());
  std::string text = inner.dump();
  for (auto& value : inner) wipe(value.get_ref<std::string&>());
  const json root = {{"owner", owner_uid}, {"box", box_.seal(text, sealed_name(key, owner_uid))}};
  wipe(text);
  return write_file(root_ / kSecrets / file_name(key, ".sealed"), root.dump() + "\n");
}

}  // namespace vpcp::directory
