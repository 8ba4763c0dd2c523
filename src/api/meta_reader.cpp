#include "api/meta_reader.h"

namespace vpcp {

ObjectKey read_manifest_name(const Field& metadata) {
  ObjectKey key{kDefaultNamespace, ""};
  if (!metadata.required("write at least {name: …}")) return key;
  // What `kubectl get -o yaml` prints may be fed back, so the names of a store's own fields are known.
  if (!metadata.is_map({"name", "namespace", "labels", "annotations", "uid", "generation", "resourceVersion",
                        "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers",
                        "ownerReferences", "managedFields", "selfLink"})) {
    return key;
  }
  assign(key.ns, read_text(metadata["namespace"], kDnsLabel));
  if (metadata["name"].required("give the object a name"))
    assign(key.name, read_text(metadata["name"], kDnsName));
  return key;
}

ObjectMeta read_stored_meta(const Field& metadata) {
  ObjectMeta meta;
  if (!metadata.required("an object needs metadata") || !metadata.is_map()) return meta;
  meta.ns = metadata["namespace"].text_or_empty();
  meta.name = metadata["name"].text_or_empty();
  meta.uid = metadata["uid"].text_or_empty();
  meta.resource_version = metadata["resourceVersion"].text_or_empty();
  assign(meta.generation, read_integer(metadata["generation"], 0, INT64_MAX));
  for (const Field& finalizer : metadata["finalizers"].items())
    meta.finalizers.push_back(finalizer.text_or_empty());
  if (const std::string time = metadata["deletionTimestamp"].text_or_empty(); !time.empty()) {
    meta.deletion_timestamp = from_rfc3339(time);
  }
  if (const Field annotations = metadata["annotations"];
      annotations.written() && annotations.json().is_object())
    meta.reconcile_at = annotations.json().value(kReconcileAnnotation, nlohmann::json()).is_string()
                            ? annotations.json().value(kReconcileAnnotation, "")
                            : "";
  return meta;
}

}  // namespace vpcp
