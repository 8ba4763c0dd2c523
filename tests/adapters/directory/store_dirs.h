#pragma once
#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "adapters/directory/directory_store.h"

namespace vpcp::testing {

namespace fs = std::filesystem;

/// A manifests and a state directory that go with the test.
class StoreDirs {
 public:
  StoreDirs() {
    std::string name = (fs::temp_directory_path() / "vpcp-store-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    fs::create_directory(root_ / "manifests");
  }
  ~StoreDirs() { fs::remove_all(root_); }
  StoreDirs(const StoreDirs&) = delete;
  StoreDirs& operator=(const StoreDirs&) = delete;

  [[nodiscard]] fs::path manifests() const { return root_ / "manifests"; }
  [[nodiscard]] fs::path state() const { return root_ / "state"; }

  /// As `mv` from elsewhere does: whole or not at all.
  void put(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const fs::path aside = root_ / "aside";
    std::ofstream(aside) << text;
    ::chmod(aside.c_str(), mode);
    fs::rename(aside, manifests() / name);
  }
  void remove(const std::string& name) const { fs::remove(manifests() / name); }

  [[nodiscard]] DirectoryStore::Options options() const {
    return {manifests(), state(), milliseconds{10}, milliseconds{60}, milliseconds{30000}};
  }

 private:
  fs::path root_;
};

inline std::string read_text_file(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

/// Waits until it holds, for at most 10 s.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + seconds{10};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return true;
}

/// A watch() on a thread of its own, which keeps what it is told.
class Watcher {
 public:
  explicit Watcher(ResourceStore& store)
      : thread_([this, &store](const std::stop_token& stop) {
          Context ctx;
          ctx.stop = stop;
          (void)store.watch(ctx, [this](const ObjectKey& key) {
            const std::lock_guard lock(mutex_);
            seen_.push_back(key);
          });
        }) {}
  /// How often it was told of the key.
  [[nodiscard]] int count(const ObjectKey& key) const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(seen_.begin(), seen_.end(), key));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ObjectKey> seen_;
  std::jthread thread_;
};

inline std::string manifest(const std::string& name, const std::string& cidr = "172.16.1.0/24") {
  return "apiVersion: vpcpeering.dev/v1alpha1\nkind: VPCPeering\nmetadata: {name: " + name +
         ", namespace: network}\nspec:\n  sites:\n  - {name: amsterdam, region: ams, vpc: {cidr: " + cidr +
         "}}\n  - {name: bangalore, region: blr, vpc: {cidr: 172.16.2.0/24}}\n";
}

inline std::string secret_manifest(const std::string& name, const std::string& value) {
  return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name +
         ", namespace: network}\nstringData: {key: " + value + "}\n";
}

}  // namespace vpcp::testing
