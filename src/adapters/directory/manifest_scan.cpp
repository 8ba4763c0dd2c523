#include "adapters/directory/manifest_scan.h"

#include <system_error>

#include "adapters/directory/files.h"
#include "vpcp/base/secret.h"

namespace vpcp::directory {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxManifest =
    (std::size_t{4} << 20U) + 1;  // one more than the reader accepts, so that it says so

bool is_manifest_name(const std::string& name) {
  return !name.starts_with('.') &&
         (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

std::string mode_text(mode_t mode) {
  std::string text;
  for (unsigned shift = 12; shift > 0; shift -= 3)
    text += static_cast<char>('0' + ((mode >> (shift - 3)) & 07U));
  return text;
}

std::shared_ptr<ReadManifests> unreadable_file(const fs::path& path, const std::string& why) {
  auto manifests = std::make_shared<ReadManifests>();
  manifests->unreadable = true;
  manifests->errors.push_back({path.string(), 0, 0, "", "", why, "make it a readable file, or remove it"});
  return manifests;
}

}  // namespace

void refuse_open_secrets(ReadManifests& manifests, mode_t mode, const fs::path& path) {
  if ((mode & 0077U) == 0) return;
  for (const auto& secret : manifests.secrets) {
    manifests.errors.push_back(secret.source.located(
        {"", 0, 0, "", "", "is a Secret in a file that others can read (mode " + mode_text(mode) + ")",
         "chmod 600 " + path.string()}));
  }
  manifests.secrets.clear();
}

std::optional<ManifestScanner::Parsed> ManifestScanner::parsed(const std::string& name) const {
  const fs::path path = directory_ / name;
  auto file = read_file(path, kMaxManifest);
  if (!file.ok()) return Parsed{"", 0, unreadable_file(path, file.error().message)};
  if (!*file) return std::nullopt;
  FileText& read = **file;
  Parsed out{sha256_hex(read.text), read.mode, nullptr};
  const auto before = before_.find(name);
  if (before != before_.end() && before->second.digest == out.digest && before->second.mode == out.mode) {
    out.manifests = before->second.manifests;
  } else {
    auto manifests = std::make_shared<ReadManifests>(read_manifests(read.text, path.string()));
    refuse_open_secrets(*manifests, read.mode, path);
    out.manifests = std::move(manifests);
  }
  wipe(read.text);
  return out;
}

ManifestScan ManifestScanner::scan() {
  ManifestScan out;
  std::error_code problem;
  std::map<std::string, Parsed> now;
  for (fs::directory_iterator entry(directory_, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    if (!is_manifest_name(name)) continue;
    if (auto file = parsed(name)) now.emplace(name, *std::move(file));
  }
  if (problem) {
    out.problem = FieldError{
        directory_.string(),           0, 0, "", "", "cannot be listed (" + problem.message() + ")",
        "make it a readable directory"};
    return out;
  }
  before_ = std::move(now);
  for (const auto& [name, file] : before_) out.files.emplace(name, file.manifests);
  return out;
}

}  // namespace vpcp::directory
