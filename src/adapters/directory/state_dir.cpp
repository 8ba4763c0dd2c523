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

Result<FileDescriptor> take_lock(const fs::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
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

}  // namespace

Result<StateDir> StateDir::open(const fs::path& root) {
  TRY(make_private_directory(root));
  FileDescriptor lock = TRY(take_lock(root / "lock"));
  TRY(check_format(root));
  TRY(write_file(root / kFormat, kFormatNow));
  for (const char* folder : {kObjects, kStatuses, kSecrets, kRequests}) {
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
  Records records = TRY(read_records(root_, BadStatus::IsNone));
  TRY(check_owners(records));
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
  for (const fs::path& path : TRY(files_in(root_ / kSecrets))) {
    const auto sealed = read_sealed(path);
    if (!sealed.ok() || !*sealed) continue;  // said when someone asks for it
    if ((*sealed)->owner == object.meta.uid) TRY(remove_file(path));
  }
  TRY(remove_file(root_ / kStatuses / file_name(object.meta.key(), ".yaml")));
  TRY(remove_file(root_ / kRequests / file_name(object.meta.key(), ".json")));
  return remove_file(root_ / kObjects / file_name(object.meta.key(), ".json"));
}

/// An object's Secrets go before its record does, so one without the other is a part of a backup: what it
/// keeps are the keys of servers that may run and cost.
Status StateDir::check_owners(const Records& records) const {
  for (const fs::path& path : TRY(files_in(root_ / kSecrets))) {
    const auto sealed = read_sealed(path);
    if (!sealed.ok() || !*sealed) continue;  // said when someone asks for it
    const bool has_owner = std::ranges::any_of(
        records, [&](const auto& entry) { return entry.second.object.meta.uid == (*sealed)->owner; });
    if (has_owner) continue;
    return Error{ErrorKind::Denied,
                 "StateIncomplete",
                 path.string() + " has the keys of an object that is not in " + (root_ / kObjects).string() +
                     ": restore both folders from the same backup; remove the file only if nothing of that "
                     "object is left at Vultr",
                 {}};
  }
  return {};
}

Result<std::optional<SecretData>> StateDir::secret(const ObjectKey& key) const {
  return read_secret(root_, box_, key);
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
