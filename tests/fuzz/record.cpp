#include "domain/record.h"
#include "fuzz/fuzz.h"

/// The record of a peering, as a Secret that somebody may have edited: "KEY\0VALUE\0KEY\0VALUE…". What is
/// taken means the same after it was written and read back.
namespace vpcp::fuzz {
namespace {

std::string_view take_part(std::string_view& input) {
  const auto end = std::min(input.find('\0'), input.size());
  const auto part = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return part;
}

bool same(const std::map<std::string, Secret>& a, const std::map<std::string, Secret>& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second.reveal() != value.reveal()) return false;
  }
  return true;
}

}  // namespace

void fuzz(std::string_view input) {
  std::map<std::string, Secret> data;
  while (!input.empty() && data.size() < 64) {
    const auto name = take_part(input);
    data.insert_or_assign(std::string(name), Secret::copy_of(take_part(input)));
  }
  const auto record = from_secret_data(data);
  if (!record.ok()) return;
  const auto written = to_secret_data(*record);
  const auto again = from_secret_data(written);
  require(again.ok(), "a record that was taken is taken again");
  require(same(to_secret_data(*again), written), "a record is the same after writing and reading");
}

}  // namespace vpcp::fuzz
