#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/directory/files.h"
#include "adapters/directory/sealed_box.h"
#include "adapters/directory/state_files.h"
#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/result.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::directory {

/// The files under the state directory (mode 0700), of which one process at a time is the owner:
///   format                         how the files are laid out
///   lock                           held by flock as long as this lives
///   key                            seals the secrets
///   objects/<ns>.<name>.json       uid, generation, finalizers, deletion and last good spec
///   status/<ns>.<name>.yaml        for people, and read back at start
///   secrets/<ns>.<name>.sealed     Secrets that we made
///   requests/<ns>.<name>.json      what vpcpctl asks for: suspend, a pass at once
/// Not thread-safe.
class StateDir {
 public:
  static Result<StateDir> open(const std::filesystem::path& root);

  /// What was saved before. Refused when there are Secrets of an object that is not there.
  Result<Records> load();
  Status save(const Record& record);
  Status save_status(const VpcPeering& object);
  /// Removes the object's Secrets, status and record, in this order: cut short, it can be done again.
  Status forget(const VpcPeering& object);

  Result<std::optional<SecretData>> secret(const ObjectKey& key) const;
  /// The uid of the object that owns the Secret; nullopt: there is none of that name.
  [[nodiscard]] Result<std::optional<std::string>> secret_owner(const ObjectKey& key) const;
  Status save_secret(const ObjectKey& key, const std::string& owner_uid, const SecretData& data);

  /// What vpcpctl asks for, of each object.
  [[nodiscard]] OperatorRequest request(const ObjectKey& key) const { return read_request(root_, key); }
  [[nodiscard]] std::filesystem::path request_folder() const { return root_ / kRequests; }
  [[nodiscard]] std::filesystem::path event_file() const { return root_ / "events.log"; }

 private:
  StateDir(std::filesystem::path root, FileDescriptor lock, SealedBox box)
      : root_(std::move(root)), lock_(std::move(lock)), box_(std::move(box)) {}

  [[nodiscard]] Status check_owners(const Records& records) const;

  std::filesystem::path root_;
  FileDescriptor lock_;
  SealedBox box_;
};

}  // namespace vpcp::directory
