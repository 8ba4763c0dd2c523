#include "adapters/kube/config.h"
#include "adapters/kube/exec_plugin.h"
#include "fuzz/fuzz.h"

/// A kubeconfig, and what a credential plugin prints.
namespace vpcp::fuzz {

void fuzz(std::string_view input) {
  if (take_choice(input, 2) == 0) {
    (void)kube::read_kubeconfig(input, "/etc/fuzz.conf", {});
  } else {
    kube::ExecPlugin plugin;
    plugin.api_version = "client.authentication.k8s.io/v1";
    (void)kube::read_exec_credential(std::string(input), plugin);
  }
}

}  // namespace vpcp::fuzz
