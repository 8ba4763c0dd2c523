#pragma once
#include <span>
#include <string_view>

namespace vpcp::lab {

/// What the simulated cloud sells: a part of what Vultr's lists said in autumn 2026, with ids and names as
/// there.
struct Region {
  std::string_view id;
  std::string_view city;
  std::string_view country;
  std::string_view continent;
};
struct Plan {
  std::string_view id;
  std::string_view type;
  int vcpus;
  int memory_mb;
  int disk_gb;
  int bandwidth_gb;
  double monthly_usd;
};
struct Os {
  int id;
  std::string_view name;
  std::string_view family;
};

std::span<const Region> all_regions();
std::span<const Plan> all_plans();
std::span<const Os> all_os();

/// nullptr: there is none.
const Region* find_region(std::string_view id);
const Plan* find_plan(std::string_view id);
const Os* find_os(int id);

/// The types that the availability and plan filters take, "all" included.
bool is_plan_type(std::string_view type);
/// True for "", "all", the plan's own type, and the family of it ("voc" for "voc-g").
bool plan_has_type(const Plan& plan, std::string_view type);
/// Plans of the optimized families are not sold everywhere: "Invalid plan chosen." must be possible.
bool sold_in(const Plan& plan, std::string_view region);

}  // namespace vpcp::lab
