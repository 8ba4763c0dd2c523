#include "adapters/directory/operator_store.h"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <sstream>

#include "adapters/directory/files.h"
#include "adapters/directory/manifest_scan.h"
#include "vpcp/api/read_json.h"
#include "vpcp/base/whole_number.h"

namespace vpcp::directory {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kMostEvents = std::size_t{4} << 20U;  // twice what a log holds

std::string text_of(const json& line, const char* name) {
  const auto found = line.find(name);
  return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

void read_events(const std::string& text, const std::string& ns, std::vector<KeptEvent>& out) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const json event = parse_bounded_json(line);
    if (!event.is_object()) continue;  // the last line may be half written
    KeptEvent kept;
    kept.about = {text_of(event, "namespace"), text_of(event, "name")};
    if (!ns.empty() && kept.about.ns != ns) continue;
    kept.last = from_rfc3339(text_of(event, "time"));
    kept.type = text_of(event, "type") == "Warning" ? EventType::Warning : EventType::Normal;
    kept.reason = text_of(event, "reason");
    kept.note = text_of(event, "note");
    if (const auto count = event.find("count"); count != event.end())
      kept.count = whole_number<int>(*count).value_or(kept.count);
    out.push_back(std::move(kept));
  }
}

/// Can requests be left? The folder is the controller's to make: made by another user, it would be closed to
/// it.
Status check_requests(const fs::path& state) {
  if (::access((state / kRequests).c_str(), W_OK) == 0) return {};
  if (errno != ENOENT) return not_permitted(state, "written");
  return Error{
      ErrorKind::Invalid,
      "NoState",
      (state / kRequests).string() +
          " is not there, so no controller has started on this state directory: start it, and try again",
      {}};
}

}  // namespace

Result<std::unique_ptr<DirectoryOperatorStore>> DirectoryOperatorStore::open(const Options& options) {
  std::error_code problem;
  if (!fs::is_directory(options.state, problem)) {
    if (problem == std::errc::permission_denied) return not_permitted(options.state, "read");
    return Error{ErrorKind::Invalid,
                 "NoState",
                 options.state.string() +
                     " is not a directory: give --state the directory that the controller was given",
                 {}};
  }
  if (::access(options.state.c_str(), R_OK | X_OK) != 0) return not_permitted(options.state, "read");
  if (!fs::is_directory(options.state / kObjects, problem)) {
    return Error{
        ErrorKind::Invalid,
        "NoState",
        options.state.string() +
            " is no state directory of vpc-peering-controller: give --state the one that it was given",
        {}};
  }
  TRY(check_format(options.state));
  return std::unique_ptr<DirectoryOperatorStore>(new DirectoryOperatorStore(options));
}

Result<std::vector<VpcPeering>> DirectoryOperatorStore::list(const Context& /*ctx*/, const std::string& ns) {
  std::vector<VpcPeering> out;
  for (auto& [key, record] : TRY(read_records(options_.state, BadStatus::IsTold))) {
    if (ns.empty() || key.ns == ns) out.push_back(std::move(record.object));
  }
  return out;
}

Result<std::optional<VpcPeering>> DirectoryOperatorStore::get(const Context& /*ctx*/, const ObjectKey& key) {
  auto record = TRY(read_one(options_.state, key, BadStatus::IsTold));
  return record ? std::optional(std::move(record->object)) : std::nullopt;
}

Result<std::vector<KeptEvent>> DirectoryOperatorStore::events(const Context& /*ctx*/, const std::string& ns) {
  std::vector<KeptEvent> out;
  for (const char* name : {"events.log.1", "events.log"}) {
    const auto file = TRY(read_state_file(options_.state / name, kMostEvents));
    if (file) read_events(file->text, ns, out);
  }
  return out;
}

Result<std::optional<SecretData>> DirectoryOperatorStore::get_secret(const Context& /*ctx*/,
                                                                     const ObjectKey& key) {
  std::error_code problem;
  if (fs::exists(options_.state / "key", problem)) {
    const SealedBox box = TRY(SealedBox::with_key_file(options_.state / "key"));
    if (auto own = TRY(read_secret(options_.state, box, key))) return own;
  }
  if (options_.manifests.empty()) return std::optional<SecretData>{};
  for (const auto& [file, manifests] : ManifestScanner(options_.manifests).scan().files) {
    for (const auto& secret : manifests->secrets) {
      if (secret.object.key == key) return std::optional(secret.object.data);
    }
  }
  return std::optional<SecretData>{};
}

Status DirectoryOperatorStore::set_suspend(const Context& /*ctx*/, const VpcPeering& object, bool suspend) {
  const ObjectKey key = object.meta.key();
  OperatorRequest request = read_request(options_.state, key);
  const auto record = TRY(read_one(options_.state, key, BadStatus::IsNone));
  if (!suspend && !request.suspend && object.spec.suspend) {
    return Error{ErrorKind::Invalid,
                 "SuspendedByManifest",
                 "the manifest " + (record ? record->file : "") + " says suspend: true: take that out of it",
                 {}};
  }
  TRY(check_requests(options_.state));
  request.suspend = suspend;
  return write_request(options_.state, key, request);
}

Status DirectoryOperatorStore::request_pass(const Context& /*ctx*/, const VpcPeering& object,
                                            const std::string& word) {
  TRY(check_requests(options_.state));
  OperatorRequest request = read_request(options_.state, object.meta.key());
  request.reconcile_at = word;
  return write_request(options_.state, object.meta.key(), request);
}

}  // namespace vpcp::directory
