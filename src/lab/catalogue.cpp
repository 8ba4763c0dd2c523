#include "lab/catalogue.h"

#include <algorithm>
#include <array>

namespace vpcp::lab {
namespace {

constexpr auto kRegions = std::to_array<Region>({
    {"ams", "Amsterdam", "NL", "Europe"},
    {"atl", "Atlanta", "US", "North America"},
    {"blr", "Bangalore", "IN", "Asia"},
    {"bom", "Mumbai", "IN", "Asia"},
    {"cdg", "Paris", "FR", "Europe"},
    {"del", "Delhi NCR", "IN", "Asia"},
    {"dfw", "Dallas", "US", "North America"},
    {"ewr", "New Jersey", "US", "North America"},
    {"fra", "Frankfurt", "DE", "Europe"},
    {"hnl", "Honolulu", "US", "North America"},
    {"icn", "Seoul", "KR", "Asia"},
    {"itm", "Osaka", "JP", "Asia"},
    {"jnb", "Johannesburg", "ZA", "Africa"},
    {"lax", "Los Angeles", "US", "North America"},
    {"lhr", "London", "GB", "Europe"},
    {"mad", "Madrid", "ES", "Europe"},
    {"man", "Manchester", "GB", "Europe"},
    {"mel", "Melbourne", "AU", "Australia"},
    {"mex", "Mexico City", "MX", "North America"},
    {"mia", "Miami", "US", "North America"},
    {"mxp", "Milan", "IT", "Europe"},
    {"nrt", "Tokyo", "JP", "Asia"},
    {"ord", "Chicago", "US", "North America"},
    {"sao", "São Paulo", "BR", "South America"},
    {"scl", "Santiago", "CL", "South America"},
    {"sea", "Seattle", "US", "North America"},
    {"sgp", "Singapore", "SG", "Asia"},
    {"sjc", "Silicon Valley", "US", "North America"},
    {"sto", "Stockholm", "SE", "Europe"},
    {"syd", "Sydney", "AU", "Australia"},
    {"tlv", "Tel Aviv", "IL", "Asia"},
    {"waw", "Warsaw", "PL", "Europe"},
    {"yto", "Toronto", "CA", "North America"},
});

constexpr auto kPlans = std::to_array<Plan>({
    {"vc2-1c-1gb", "vc2", 1, 1024, 25, 1024, 5},
    {"vc2-1c-2gb", "vc2", 1, 2048, 55, 2048, 10},
    {"vc2-2c-2gb", "vc2", 2, 2048, 65, 3072, 15},
    {"vc2-2c-4gb", "vc2", 2, 4096, 80, 3072, 20},
    {"vc2-4c-8gb", "vc2", 4, 8192, 160, 4096, 40},
    {"vc2-6c-16gb", "vc2", 6, 16384, 320, 5120, 80},
    {"vhf-1c-1gb", "vhf", 1, 1024, 32, 1024, 6},
    {"vhf-1c-2gb", "vhf", 1, 2048, 64, 2048, 12},
    {"vhf-2c-4gb", "vhf", 2, 4096, 128, 3072, 24},
    {"vhp-1c-1gb-amd", "vhp", 1, 1024, 25, 2048, 6},
    {"vhp-1c-2gb-amd", "vhp", 1, 2048, 50, 3072, 12},
    {"vhp-2c-4gb-amd", "vhp", 2, 4096, 100, 5120, 24},
    {"voc-g-1c-4gb-30s-amd", "voc-g", 1, 4096, 30, 4096, 30},
    {"voc-g-2c-8gb-50s-amd", "voc-g", 2, 8192, 50, 5120, 60},
    {"voc-c-1c-2gb-25s-amd", "voc-c", 1, 2048, 25, 4096, 28},
    {"voc-m-1c-8gb-50s-amd", "voc-m", 1, 8192, 50, 5120, 40},
});

constexpr auto kOs = std::to_array<Os>({
    {542, "CentOS 9 Stream x64", "centos"},
    {477, "Debian 11 x64 (bullseye)", "debian"},
    {2136, "Debian 12 x64 (bookworm)", "debian"},
    {2625, "Debian 13 x64 (trixie)", "debian"},
    {387, "Ubuntu 20.04 LTS x64", "ubuntu"},
    {1743, "Ubuntu 22.04 LTS x64", "ubuntu"},
    {2284, "Ubuntu 24.04 LTS x64", "ubuntu"},
    {2760, "Ubuntu 26.04 LTS x64", "ubuntu"},
    {1869, "Rocky Linux 9 x64", "rockylinux"},
});

constexpr auto kTypes =
    std::to_array<std::string_view>({"all", "vbm", "vdc", "vhp", "vhf", "vc2", "voc", "vcg", "vdg", "vdm",
                                     "vx1", "voc-g", "voc-s", "voc-c", "voc-m"});
constexpr auto kWithoutOptimized = std::to_array<std::string_view>({"hnl", "man", "scl", "tlv"});

template <class Range, class Id>
auto* find_by_id(const Range& range, Id id) {
  const auto found = std::ranges::find_if(range, [&](const auto& entry) { return entry.id == id; });
  return found == range.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Region> all_regions() {
  return kRegions;
}
std::span<const Plan> all_plans() {
  return kPlans;
}
std::span<const Os> all_os() {
  return kOs;
}

const Region* find_region(std::string_view id) {
  return find_by_id(kRegions, id);
}
const Plan* find_plan(std::string_view id) {
  return find_by_id(kPlans, id);
}
const Os* find_os(int id) {
  return find_by_id(kOs, id);
}

bool is_plan_type(std::string_view type) {
  return std::ranges::find(kTypes, type) != kTypes.end();
}

bool plan_has_type(const Plan& plan, std::string_view type) {
  return type.empty() || type == "all" || plan.type == type ||
         (type == "voc" && plan.type.starts_with("voc-"));
}

bool sold_in(const Plan& plan, std::string_view region) {
  if (!plan.type.starts_with("voc")) return true;
  return std::ranges::find(kWithoutOptimized, region) == kWithoutOptimized.end();
}

}  // namespace vpcp::lab
