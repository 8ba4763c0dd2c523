#pragma once
#include <string>

namespace vpcp {

/// A manifest that is right, for tests that break one thing in it.
inline std::string valid_manifest() {
  return R"(apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata: {name: ams-blr, namespace: network}
spec:
  tunnel:
    cidr: 10.10.0.0/24
    listenPort: 51820
  topology: {type: FullMesh}
  sites:
  - name: amsterdam
    region: ams
    vpc: {cidr: 172.16.1.0/24}
  - name: bangalore
    region: blr
    vpc: {cidr: 172.16.2.0/24}
)";
}

/// `text` with `from`, which must be in it, replaced once.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto where = text.find(from);
  return where == std::string::npos ? "the test's own text is wrong: no " + from
                                    : text.replace(where, from.size(), to);
}

}  // namespace vpcp
