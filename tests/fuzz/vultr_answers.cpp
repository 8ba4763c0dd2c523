#include "adapters/vultr/errors.h"
#include "adapters/vultr/readers.h"
#include "fuzz/fuzz.h"

/// What Vultr's API answers, pages, creates and refusals.
namespace vpcp::fuzz {
namespace {

template <class T>
void check(const Result<T>& read) {
  if (!read.ok()) require(is_shown_well(read.error().message, 1000), "an error is one short line");
}

void refusal(const std::string& body, std::size_t status) {
  const HttpResponse answer{static_cast<int>(300 + status), {{"retry-after", body.substr(0, 12)}}, body};
  const Error error = vultr::to_error(answer);
  require(is_shown_well(error.message, 1000), "an error is one short line");
  const auto pause = vultr::retry_after(answer);
  require(pause >= seconds{1} && pause <= seconds{600}, "a pause is within bounds");
}

void page_or_create(const std::string& body) {
  using namespace vultr;
  check(read_vpc_page(body));
  check(read_instance_page(body));
  check(read_group_page(body));
  check(read_rule_page(body));
  check(read_attachment_page(body));
  check(read_nat_gateway_page(body));
  check(read_plan_page(body));
  check(read_os_page(body));
  check(read_region_page(body));
  check(read_created_vpc(body));
  check(read_created_instance(body));
  check(read_created_group(body));
}

}  // namespace

void fuzz(std::string_view input) {
  const std::size_t status = take_choice(input, 256);
  if (status < 128) return page_or_create(std::string(input));
  refusal(std::string(input), status);
}

}  // namespace vpcp::fuzz
