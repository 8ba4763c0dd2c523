#pragma once
#include <filesystem>

#include "adapters/directory/state_files.h"
#include "vpcp/ports/operator_store.h"

namespace vpcp::directory {

/// A state directory beside the controller that owns it: read without its lock, since every file is replaced
/// whole. What is asked of the controller is a file in requests/, which it watches; the manifests belong to
/// their author and are never written. Thread-safe.
class DirectoryOperatorStore : public OperatorStore {
 public:
  struct Options {
    std::filesystem::path state;
    std::filesystem::path manifests;  ///< Empty: Secrets that people declared are not known.
  };
  /// Errors: Invalid "NoState", Denied "StateNotReadable", Denied "StateOfNewerVersion".
  static Result<std::unique_ptr<DirectoryOperatorStore>> open(const Options& options);

  /// Errors of what reads files: Denied "StateNotReadable", Denied "StateUnreadable" (of an object; a damaged
  /// status is told in its place: BadStatus::IsTold).
  Result<std::vector<VpcPeering>> list(const Context& ctx, const std::string& ns) override;
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override;
  Result<std::vector<KeptEvent>> events(const Context& ctx, const std::string& ns) override;
  /// None: the controller logs to its standard error, and who started it knows where that goes.
  Result<std::vector<KeptLog>> logs(const Context& /*ctx*/) override { return std::vector<KeptLog>{}; }
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override;
  Status set_suspend(const Context& ctx, const VpcPeering& object, bool suspend) override;
  Status request_pass(const Context& ctx, const VpcPeering& object, const std::string& word) override;
  [[nodiscard]] std::string default_namespace() const override { return ""; }
  [[nodiscard]] std::string describe() const override { return "state directory " + options_.state.string(); }

 private:
  explicit DirectoryOperatorStore(Options options) : options_(std::move(options)) {}
  const Options options_;
};

}  // namespace vpcp::directory

namespace vpcp {
using directory::DirectoryOperatorStore;
}
