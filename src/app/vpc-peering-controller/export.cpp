#include <cstdio>
#include <filesystem>

#include "adapters/directory/state_dir.h"
#include "app/vpc-peering-controller/options.h"
#include "domain/record.h"

namespace vpcp::app {
namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "export: %s\n", why.c_str());
  return 1;
}

std::string known_objects(const directory::Records& records) {
  std::string names;
  for (const auto& [key, record] : records) names += (names.empty() ? "" : ", ") + key.str();
  return names.empty() ? "it has none" : "it has " + names;
}

/// A manifest of kind Secret that either store reads. Names of our Secrets and of their keys need no quotes.
Secret secret_manifest(const ObjectKey& key, const SecretData& data) {
  std::string text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: " + key.name +
                     "\n  namespace: " + key.ns + "\ndata:\n";
  for (const auto& [name, value] : data) {
    std::string encoded = base64_encode(value.reveal());
    text += "  " + name + ": " + encoded + "\n";
    wipe(encoded);
  }
  return Secret::take(std::move(text));
}

}  // namespace

int export_record(const ExportOptions& options) {
  const std::size_t slash = options.object.find('/');
  const ObjectKey key = slash == std::string::npos
                            ? ObjectKey{"default", options.object}
                            : ObjectKey{options.object.substr(0, slash), options.object.substr(slash + 1)};
  if (std::filesystem::exists(options.output))
    return fail(options.output + " exists; name another file, or remove it");
  if (!std::filesystem::is_directory(options.state)) return fail(options.state + " is not a directory");
  auto state = directory::StateDir::open(options.state);
  if (!state.ok()) return fail(state.error().message);
  const auto records = state->load();
  if (!records.ok()) return fail(records.error().message);
  if (!records->contains(key))
    return fail("there is no object " + key.str() + " in " + options.state + "; " + known_objects(*records));
  const auto data = state->secret({key.ns, record_secret_name(key)});
  if (!data.ok()) return fail(data.error().message);
  if (!*data) return fail(key.str() + " has no record: nothing was made for it yet");
  const ObjectKey name{key.ns, key.name + "-backup"};
  if (const Status saved = directory::write_file(options.output, secret_manifest(name, **data).reveal());
      !saved.ok())
    return fail(saved.error().message);
  std::printf("%s holds the keys of %s, as the Secret %s: whoever reads it is root on its hosts.\n",
              options.output.c_str(), key.str().c_str(), name.str().c_str());
  return 0;
}

}  // namespace vpcp::app
