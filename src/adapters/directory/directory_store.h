#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/directory/event_log.h"
#include "adapters/directory/manifest_scan.h"
#include "adapters/directory/manifest_watch.h"
#include "adapters/directory/state_dir.h"
#include "adapters/directory/survey.h"
#include "vpcp/api/read.h"
#include "vpcp/base/change_feed.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::directory {

/// Objects as YAML files in a directory, for who has no cluster. People write the manifests directory; this
/// writes only the state directory (StateDir says what is there), of which one process is the owner.
///
/// - A manifest that is broken is logged, is an event on the objects it declared, and stands in errors(); it
///   never takes away or changes the last good object.
/// - An object is removed when two looks, `confirm` apart, find it in no manifest: files are often replaced
///   by removing them first.
/// - An object that is declared again while it is being deleted becomes a new one, with a new uid, once the
///   old one is gone.
///
/// The files are watched by a thread of its own from open() on, watch() or not. Thread-safe.
class DirectoryStore : public ResourceStore {
 public:
  struct Options {
    std::filesystem::path manifests;
    std::filesystem::path state;
    milliseconds settle{100};    ///< Quiet time before changed files are read.
    milliseconds confirm{500};   ///< Between the two looks that remove an object.
    milliseconds rescan{30000};  ///< How often to look without being told, should a notice be lost.
  };
  /// The manifests that are there are read before this returns. Precondition: init_crypto(). `clock` outlives
  /// the store.
  static Result<std::unique_ptr<DirectoryStore>> open(const Options& options, const Clock& clock, Log log);
  ~DirectoryStore() override;

  /// What is wrong in the manifests as they are now.
  [[nodiscard]] std::vector<FieldError> errors() const;

  Result<std::vector<ObjectKey>> list(const Context& ctx) override;
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override;
  Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) override;
  Status apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) override;
  Status add_finalizer(const Context& ctx, const VpcPeering& object) override;
  Status remove_finalizer(const Context& ctx, const VpcPeering& object) override;
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override;
  Status put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                    const SecretData& data) override;
  void record_event(const Context& ctx, const ObjectEvent& event) override;

 private:
  struct Parts;
  explicit DirectoryStore(Parts parts);

  void run(const std::stop_token& stop);
  void rescan();
  [[nodiscard]] bool has_unconfirmed() const;
  void heed_requests(Survey& found) const;
  void apply(const Change& change, const Survey& survey);
  Status apply_create(const ObjectKey& key, const Survey::Declared& declared);
  Status apply_update(const ObjectKey& key, const Survey::Declared& declared);
  Status apply_removal(const ObjectKey& key);
  void apply_secrets(DeclaredSecrets secrets);
  void report(const Survey& survey);
  Status save(Record record);
  Result<Record*> current(const VpcPeering& object);
  [[nodiscard]] std::vector<ObjectKey> keys() const;

  mutable std::mutex mutex_;  ///< Over all that follows up to the thread, but where it says otherwise.
  Options options_;
  const Clock& clock_;
  Log log_;
  StateDir state_;
  EventLog events_;  ///< Has a lock of its own.
  ManifestScanner scanner_;
  ManifestWatch watch_;  ///< The thread's own, but for wake().
  Records records_;
  DeclaredSecrets secrets_;
  std::vector<FieldError> errors_;
  bool saw_a_manifest_{false};                 ///< Since the start.
  std::map<std::string, SteadyTime> missing_;  ///< Not found by the last looks; since when.
  ChangeFeed<ObjectKey> changes_;              ///< Has a lock of its own.
  std::jthread thread_;
};

}  // namespace vpcp::directory

namespace vpcp {
using directory::DirectoryStore;
}
