#pragma once
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "vpcp/api/read.h"

namespace vpcp::directory {

/// A Secret in a file that others can read is a secret no more: an error takes its place. `mode` and `path`
/// are the file's.
void refuse_open_secrets(ReadManifests& manifests, mode_t mode, const std::filesystem::path& path);

/// What the manifests directory holds at one moment.
struct ManifestScan {
  std::optional<FieldError> problem;  ///< The directory itself could not be read.
  std::map<std::string, std::shared_ptr<const ReadManifests>> files;  ///< By name; links are followed.
};

/// Reads *.yaml, *.yml and *.json of a directory, hidden ones and subdirectories left out. A file whose text
/// and mode are as before is not parsed again. Not thread-safe.
class ManifestScanner {
 public:
  explicit ManifestScanner(std::filesystem::path directory) : directory_(std::move(directory)) {}

  ManifestScan scan();

 private:
  struct Parsed {
    std::string digest;
    mode_t mode{0};
    std::shared_ptr<const ReadManifests> manifests;
  };
  [[nodiscard]] std::optional<Parsed> parsed(const std::string& name) const;

  std::filesystem::path directory_;
  std::map<std::string, Parsed> before_;
};

}  // namespace vpcp::directory
