#include "adapters/vultr/catalogue.h"

#include <algorithm>

namespace vpcp::vultr {
namespace {

constexpr std::size_t kShown = 6;

/// "a, b, c …": enough to see how the names look.
std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? text + " …" : text;
}

bool sold_in(const CloudPlan& plan, const std::string& region) {
  return std::find(plan.locations.begin(), plan.locations.end(), region) != plan.locations.end();
}

std::vector<std::string> plans_in(const Catalogue& catalogue, const std::string& region) {
  std::vector<const CloudPlan*> sold;
  for (const auto& [id, plan] : catalogue.plans) {
    if (sold_in(plan, region)) sold.push_back(&plan);
  }
  std::stable_sort(sold.begin(), sold.end(),
                   [](const auto* a, const auto* b) { return a->monthly_cost_usd < b->monthly_cost_usd; });
  std::vector<std::string> ids;
  ids.reserve(sold.size());
  for (const CloudPlan* plan : sold) ids.push_back(plan->id);
  return ids;
}

/// Names that begin with the same word ("Ubuntu …"), or all.
std::vector<std::string> systems_like(const Catalogue& catalogue, const std::string& os) {
  const std::string family = os.substr(0, os.find(' '));
  std::vector<std::string> like;
  std::vector<std::string> all;
  for (const auto& [name, id] : catalogue.os_ids) {
    all.push_back(name);
    if (!family.empty() && name.starts_with(family)) like.push_back(name);
  }
  return like.empty() ? all : like;
}

Error invalid(const char* reason, std::string message) {
  return {ErrorKind::Invalid, reason, std::move(message)};
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> read_catalogue(const Context& ctx, ApiClient& api) {
  auto catalogue = std::make_shared<Catalogue>();
  catalogue->regions = TRY(api.list(ctx, "list-regions", "/regions", read_region_page));
  const auto plans = TRY(api.list(ctx, "list-plans", "/plans", read_plan_page));
  const auto systems = TRY(api.list(ctx, "list-os", "/os", read_os_page));
  for (const CloudPlan& plan : plans) catalogue->plans.emplace(plan.id, plan);
  for (const OsImage& os : systems) catalogue->os_ids.emplace(os.name, os.id);
  return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

Error region_unknown(const Catalogue& catalogue, const std::string& region) {
  return invalid("RegionUnknown",
                 "there is no region \"" + region + "\"; there are " + some_of(catalogue.regions));
}

Result<int> orderable(const Catalogue& catalogue, const NewInstance& instance) {
  const auto& regions = catalogue.regions;
  if (std::find(regions.begin(), regions.end(), instance.region) == regions.end()) {
    return region_unknown(catalogue, instance.region);
  }
  const auto plan = catalogue.plans.find(instance.plan);
  if (plan == catalogue.plans.end() || !sold_in(plan->second, instance.region)) {
    return invalid("PlanNotAvailable", "there is no plan \"" + instance.plan + "\" in region \"" +
                                           instance.region + "\"; there are " +
                                           some_of(plans_in(catalogue, instance.region)));
  }
  const auto os = catalogue.os_ids.find(instance.os);
  if (os == catalogue.os_ids.end()) {
    return invalid("ImageNotAvailable", "there is no system \"" + instance.os + "\"; there are " +
                                            some_of(systems_like(catalogue, instance.os)));
  }
  return os->second;
}

}  // namespace vpcp::vultr
