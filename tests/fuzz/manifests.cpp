#include "domain/validate.h"
#include "fuzz/fuzz.h"
#include "vpcp/api/read.h"
#include "vpcp/api/write.h"

/// A manifest: YAML or JSON, by anyone. What is accepted means the same after it was written and read back.
namespace vpcp::fuzz {
namespace {

void read_back(const PeeringSpec& spec) {
  const std::string written = spec_to_json(spec);
  const auto again = read_spec_json(written);
  require(again.ok(), "a spec that was accepted is accepted again");
  require(spec_to_json(*again) == written, "a spec is the same after writing and reading");
}

}  // namespace

void fuzz(std::string_view input) {
  const ReadManifests read = read_manifests(input, "fuzz.yaml");
  for (const FieldError& error : read.errors) require(!to_string(error).empty(), "an error has a text");
  for (const auto& peering : read.peerings) {
    read_back(peering.object.spec);
    for (const SpecError& error : validate(peering.object.spec)) {
      require(!error.problem.empty() && !error.fix.empty(), "an error says what to write instead");
      (void)to_string(peering.source.located({{}, 0, 0, error.field, error.value, error.problem, error.fix}));
    }
  }
}

}  // namespace vpcp::fuzz
