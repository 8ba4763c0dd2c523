#include "adapters/directory/directory_store.h"

#include <algorithm>
#include <set>

#include "vpcp/api/write.h"

namespace vpcp::directory {

struct DirectoryStore::Parts {
  Options options;
  const Clock& clock;
  Log log;
  StateDir state;
  ManifestWatch watch;
  Records records;
};

Result<std::unique_ptr<DirectoryStore>> DirectoryStore::open(const Options& options, const Clock& clock,
                                                             Log log) {
  std::error_code problem;
  if (!std::filesystem::is_directory(options.manifests, problem)) {
    return Error{ErrorKind::Invalid,
                 "NoManifests",
                 options.manifests.string() + " is not a directory: make it, and put manifests into it",
                 {}};
  }
  StateDir state = TRY(StateDir::open(options.state));
  Records records = TRY(state.load());
  ManifestWatch watch = TRY(ManifestWatch::open(options.manifests, state.request_folder()));
  Parts parts{options, clock, std::move(log), std::move(state), std::move(watch), std::move(records)};
  std::unique_ptr<DirectoryStore> store(new DirectoryStore(std::move(parts)));
  store->rescan();
  store->thread_ = std::jthread([raw = store.get()](const std::stop_token& stop) { raw->run(stop); });
  return store;
}

DirectoryStore::DirectoryStore(Parts parts)
    : options_(parts.options),
      clock_(parts.clock),
      log_(std::move(parts.log)),
      state_(std::move(parts.state)),
      events_(state_.event_file(), clock_, log_),
      scanner_(options_.manifests),
      watch_(std::move(parts.watch)),
      records_(std::move(parts.records)) {}

DirectoryStore::~DirectoryStore() = default;

std::vector<FieldError> DirectoryStore::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

void DirectoryStore::run(const std::stop_token& stop) {
  while (true) {
    const milliseconds limit = has_unconfirmed() ? options_.confirm : options_.rescan;
    if (watch_.wait(stop, limit, options_.settle) == ManifestWatch::Woken::Stopped) return;
    rescan();
  }
}

bool DirectoryStore::has_unconfirmed() const {
  const std::lock_guard lock(mutex_);
  return !missing_.empty();
}

void DirectoryStore::rescan() {
  const std::lock_guard lock(mutex_);
  Survey found = survey(scanner_.scan(), records_, secrets_);
  saw_a_manifest_ = saw_a_manifest_ || !found.files.empty();
  heed_requests(found);
  if (!saw_a_manifest_) doubt_empty_directory(options_.manifests, records_, found);
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto missing_before = std::exchange(missing_, {});
  const auto confirmed = [&](const std::string& what) {
    const auto before = missing_before.find(what);
    const SteadyTime since = before == missing_before.end() ? now : before->second;
    if (now - since >= options_.confirm) return true;
    missing_.emplace(what, since);
    return false;
  };
  DeclaredSecrets secrets = merged_secrets(found, secrets_);
  for (const auto& [key, secret] : secrets_) {
    if (!secrets.contains(key) && !confirmed("secret " + key.str())) secrets.emplace(key, secret);
  }
  apply_secrets(std::move(secrets));
  for (const Change& change : changes(found, records_)) {
    if (change.kind != ChangeKind::Remove || confirmed(change.key.str())) apply(change, found);
  }
  report(found);
}

/// The manifest belongs to its author: what vpcpctl asks for is laid over it.
void DirectoryStore::heed_requests(Survey& found) const {
  for (auto& [key, declared] : found.declared) {
    const OperatorRequest request = state_.request(key);
    declared.spec.suspend = declared.spec.suspend || request.suspend;
    declared.reconcile_at = request.reconcile_at;
  }
}

void DirectoryStore::apply(const Change& change, const Survey& found) {
  const Status done = [&]() -> Status {
    switch (change.kind) {
      case ChangeKind::Create:
        return apply_create(change.key, found.declared.at(change.key));
      case ChangeKind::Update:
      case ChangeKind::Move:
        return apply_update(change.key, found.declared.at(change.key));
      case ChangeKind::Remove:
        return apply_removal(change.key);
    }
    return {};
  }();
  // The manifests still say it, so the next look tries again.
  if (!done.ok())
    log_.error("Cannot keep a change", {{"object", change.key.str()}, {"error", done.error().message}});
}

Status DirectoryStore::apply_create(const ObjectKey& key, const Survey::Declared& declared) {
  Record record;
  record.object.meta.ns = key.ns;
  record.object.meta.name = key.name;
  record.object.meta.uid = random_uuid();
  record.object.meta.generation = 1;
  record.object.meta.reconcile_at = declared.reconcile_at;
  record.object.spec = declared.spec;
  record.file = declared.file;
  TRY(save(std::move(record)));
  changes_.tell(key);
  return {};
}

Status DirectoryStore::apply_update(const ObjectKey& key, const Survey::Declared& declared) {
  Record record = records_.at(key);
  const bool changed = record.object.spec != declared.spec;
  record.file = declared.file;
  if (changed) ++record.object.meta.generation;
  record.object.spec = declared.spec;
  const bool asked =
      std::exchange(record.object.meta.reconcile_at, declared.reconcile_at) != declared.reconcile_at;
  TRY(save(std::move(record)));
  if (changed || asked) changes_.tell(key);
  return {};
}

Status DirectoryStore::apply_removal(const ObjectKey& key) {
  Record record = records_.at(key);
  if (record.object.meta.finalizers.empty()) {
    TRY(state_.forget(record.object));
    records_.erase(key);
  } else {
    record.object.meta.deletion_timestamp = clock_.now();
    TRY(save(std::move(record)));
  }
  changes_.tell(key);
  return {};
}

/// Every object of the namespace may use a Secret, and none says which before it is read.
void DirectoryStore::apply_secrets(DeclaredSecrets secrets) {
  std::set<std::string> changed;
  const auto data_of = [](const DeclaredSecrets& all, const ObjectKey& key) {
    const auto found = all.find(key);
    return found == all.end() ? std::optional<SecretData>{} : std::optional(found->second.data);
  };
  for (const auto* all : {&secrets, &secrets_}) {
    for (const auto& [key, secret] : *all) {
      if (data_of(secrets, key) != data_of(secrets_, key)) changed.insert(key.ns);
    }
  }
  secrets_ = std::move(secrets);
  for (const auto& [key, record] : records_) {
    if (changed.contains(key.ns)) changes_.tell(key);
  }
}

/// Each error once, when it is new.
void DirectoryStore::report(const Survey& found) {
  std::set<std::string> known;
  for (const FieldError& error : errors_) known.insert(to_string(error));
  errors_ = found.errors;
  std::map<std::string, std::vector<FieldError>> fresh;  // by file
  for (const FieldError& error : errors_) {
    if (known.contains(to_string(error))) continue;
    log_.warn("A manifest is refused", {{"error", to_string(error)}});
    fresh[std::filesystem::path(error.file).filename().string()].push_back(error);
  }
  for (const auto& [key, record] : records_) {
    const auto errors = fresh.find(record.file);
    if (errors == fresh.end()) continue;
    events_.append({key, record.object.meta.uid, EventType::Warning, "ManifestRefused",
                    "the last good version stays in force; " + to_string(errors->second)});
  }
}

Status DirectoryStore::save(Record record) {
  ObjectMeta& meta = record.object.meta;
  // Counts what was written; only its being different matters.
  meta.resource_version = std::to_string(std::strtoull(meta.resource_version.c_str(), nullptr, 10) + 1);
  TRY(state_.save(record));
  records_[meta.key()] = std::move(record);
  return {};
}

Result<Record*> DirectoryStore::current(const VpcPeering& object) {
  const auto found = records_.find(object.meta.key());
  if (found != records_.end() && found->second.object.meta.uid == object.meta.uid) return &found->second;
  return Error{
      ErrorKind::Conflict, "StaleObject", object.meta.key().str() + " has been replaced or is gone", {}};
}

std::vector<ObjectKey> DirectoryStore::keys() const {
  const std::lock_guard lock(mutex_);
  std::vector<ObjectKey> keys;
  for (const auto& [key, record] : records_) keys.push_back(key);
  return keys;
}

Result<std::vector<ObjectKey>> DirectoryStore::list(const Context& /*ctx*/) {
  return keys();
}

Result<std::optional<VpcPeering>> DirectoryStore::get(const Context& /*ctx*/, const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(key);
  if (found == records_.end()) return std::optional<VpcPeering>{};
  return std::optional(found->second.object);
}

Status DirectoryStore::watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) {
  changes_.follow(
      ctx, [this] { return keys(); }, changed);
  return {};
}

Status DirectoryStore::apply_status(const Context& /*ctx*/, const VpcPeering& object,
                                    const PeeringStatus& status) {
  // As it will be after a restart: times in whole seconds.
  PeeringStatus kept = TRY(read_status_json(status_to_json(status)));
  const std::lock_guard lock(mutex_);
  Record* record = TRY(current(object));
  if (record->object.status == kept) return {};
  VpcPeering changed = record->object;
  changed.status = std::move(kept);
  TRY(state_.save_status(changed));
  record->object = std::move(changed);
  return {};
}

Status DirectoryStore::add_finalizer(const Context& /*ctx*/, const VpcPeering& object) {
  const std::lock_guard lock(mutex_);
  Record record = *TRY(current(object));
  auto& finalizers = record.object.meta.finalizers;
  if (std::ranges::find(finalizers, kFinalizer) != finalizers.end()) return {};
  finalizers.emplace_back(kFinalizer);
  return save(std::move(record));
}

Status DirectoryStore::remove_finalizer(const Context& /*ctx*/, const VpcPeering& object) {
  const std::lock_guard lock(mutex_);
  Record record = *TRY(current(object));
  const ObjectKey key = object.meta.key();
  const bool had_it = std::erase(record.object.meta.finalizers, kFinalizer) > 0;
  if (!record.object.meta.deletion_timestamp || !record.object.meta.finalizers.empty()) {
    return had_it ? save(std::move(record)) : Status{};
  }
  // Not saved without its finalizer first: cut short, the object must still be there to be finished.
  TRY(state_.forget(record.object));
  records_.erase(key);
  changes_.tell(key);
  watch_.wake();  // it may be declared again
  return {};
}

Result<std::optional<SecretData>> DirectoryStore::get_secret(const Context& /*ctx*/, const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  if (auto own = TRY(state_.secret(key))) return own;
  const auto declared = secrets_.find(key);
  if (declared == secrets_.end()) return std::optional<SecretData>{};
  return std::optional(declared->second.data);
}

Status DirectoryStore::put_secret(const Context& /*ctx*/, const VpcPeering& owner, const std::string& name,
                                  const SecretData& data) {
  const std::lock_guard lock(mutex_);
  TRY(current(owner));
  const ObjectKey key{owner.meta.ns, name};
  const auto owned_by = TRY(state_.secret_owner(key));
  const auto is_live = [&](const std::string& uid) {
    return std::ranges::any_of(records_,
                               [&](const auto& entry) { return entry.second.object.meta.uid == uid; });
  };
  if (owned_by && *owned_by != owner.meta.uid && is_live(*owned_by)) {
    return Error{
        ErrorKind::Conflict, "SecretOwned", "the Secret " + key.str() + " belongs to another object", {}};
  }
  return state_.save_secret(key, owner.meta.uid, data);
}

void DirectoryStore::record_event(const Context& /*ctx*/, const ObjectEvent& event) {
  events_.append(event);
}

}  // namespace vpcp::directory
