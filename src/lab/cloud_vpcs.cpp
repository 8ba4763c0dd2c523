#include <algorithm>

#include "lab/cloud.h"
#include "lab/cloud_find.h"

namespace vpcp::lab {
namespace {

constexpr std::size_t kMaxVpcsPerRegion = 5;
constexpr std::uint64_t kFirstAddress = 3;  // Vultr hands out neither .1 nor .2

Answer<Cidr> parse_subnet(const std::string& subnet, int mask) {
  const auto cidr = Cidr::parse(subnet + "/" + std::to_string(mask));
  if (!cidr) return Refusal{400, "Invalid v4_subnet: the network address and mask do not fit."};
  if (!cidr->is_private()) return Refusal{400, "Invalid v4_subnet: must be an RFC1918 network."};
  if (cidr->prefix > 29) return Refusal{400, "Invalid v4_subnet_mask."};
  return *cidr;
}

std::optional<Ipv4> take_lowest_free(VpcRecord& vpc) {
  const std::uint64_t end = vpc.cidr.size() - 1;
  std::uint64_t candidate = std::max(vpc.free_from, kFirstAddress);
  while (candidate < end && vpc.used.contains(vpc.cidr.at(candidate))) ++candidate;
  vpc.free_from = candidate;
  if (candidate >= end) return std::nullopt;
  vpc.used.insert(vpc.cidr.at(candidate));
  return vpc.cidr.at(candidate);
}

void give_back(VpcRecord& vpc, Ipv4 address) {
  vpc.used.erase(address);
  vpc.free_from = std::min(vpc.free_from, std::uint64_t{address.bits} - vpc.cidr.network.bits);
}

}  // namespace

Page<VpcRecord> Cloud::vpcs(const PageRequest& page) const {
  const std::lock_guard lock(mutex_);
  return paginate(in_order(state_.vpcs), page, [](const VpcRecord& vpc) { return vpc; });
}

Answer<VpcRecord> Cloud::vpc(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const VpcRecord* vpc = find(state_.vpcs, id);
  if (vpc == nullptr) return no_such_vpc();
  return *vpc;
}

Answer<VpcRecord*> Cloud::add_vpc(const NewVpc& wanted) {
  if (find_region(wanted.region) == nullptr) return Refusal{400, "Invalid region."};
  const auto in_region = std::ranges::count_if(
      state_.vpcs, [&](const auto& entry) { return entry.second.region == wanted.region; });
  if (static_cast<std::size_t>(in_region) >= kMaxVpcsPerRegion) {
    return Refusal{400, "You have reached the maximum number of VPC networks for this location (limit: 5)."};
  }
  VpcRecord vpc;
  if (wanted.subnet.empty()) {
    vpc.cidr = Cidr{{(10U << 24) + static_cast<std::uint32_t>((state_.last_seq % 4000 + 1) << 12)}, 20};
  } else {
    vpc.cidr = TRY(parse_subnet(wanted.subnet, wanted.mask));
  }
  vpc.id = random_uuid();
  vpc.region = wanted.region;
  vpc.description = cut(wanted.description, kMaxDescription);
  vpc.created = clock_.now();
  const Status made = backend_.create_vpc({vpc.id, vpc.region, vpc.cidr});
  if (!made.ok()) return Refusal{500, "Unable to create VPC: " + made.error().message};
  vpc.seq = add_id(vpc.id);
  return &(state_.vpcs[vpc.seq] = vpc);
}

Answer<VpcRecord> Cloud::create_vpc(const NewVpc& wanted) {
  const std::lock_guard lock(mutex_);
  const VpcRecord* vpc = TRY(add_vpc(wanted));
  return *vpc;
}

Answer<Done> Cloud::describe_vpc(const std::string& id, const std::string& description) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(id);
  if (vpc == nullptr) return no_such_vpc();
  vpc->description = cut(description, kMaxDescription);
  return Done{};
}

Answer<Done> Cloud::tell_network(const std::string& id, const std::string& subnet, int mask) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(id);
  if (vpc == nullptr) return no_such_vpc();
  vpc->told = TRY(parse_subnet(subnet, mask));
  return Done{};
}

Answer<Done> Cloud::delete_vpc(const std::string& id) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(id);
  if (vpc == nullptr) return no_such_vpc();
  std::erase_if(vpc->lingering, [now = clock_.now()](const Lingering& gone) { return gone.until <= now; });
  std::string attached;
  const auto add = [&](const std::string& ip) { attached += (attached.empty() ? "" : ", ") + ip; };
  for (const auto& [seq, instance] : state_.instances) {
    const bool member =
        std::ranges::any_of(instance.vpcs, [&](const Membership& m) { return m.vpc_id == id; });
    if (member) add(instance.public_ip.value_or(Ipv4{}).str());
  }
  for (const Lingering& gone : vpc->lingering) add(gone.public_ip);
  if (!attached.empty()) {
    return Refusal{400, "The following servers are attached to this VPC network: " + attached};
  }
  if (vpc->nat) state_.public_used.erase(vpc->nat->public_ip);
  note(backend_.delete_vpc(id), "delete VPC", id);
  state_.vpcs.erase(vpc->seq);
  state_.by_id.erase(id);
  return Done{};
}

Answer<Page<InstanceView>> Cloud::vpc_members(const std::string& id, const PageRequest& page) {
  const std::lock_guard lock(mutex_);
  if (find_vpc(id) == nullptr) return no_such_vpc();
  std::vector<InstanceRecord*> members;
  for (InstanceRecord* instance : matching({})) {
    const bool member =
        std::ranges::any_of(instance->vpcs, [&](const Membership& m) { return m.vpc_id == id; });
    if (member) members.push_back(instance);
  }
  return paginate(members, page, [&](InstanceRecord& instance) { return view(instance); });
}

Answer<Membership> Cloud::join(InstanceRecord& record, VpcRecord& vpc) {
  const auto address = take_lowest_free(vpc);
  if (!address) return Refusal{400, "Unable to attach VPC: no free addresses in this VPC network."};
  record.vpcs.push_back({vpc.id, *address, next_mac("5a"), clock_.now()});
  return record.vpcs.back();
}

void Cloud::leave(InstanceRecord& record, const std::string& vpc_id) {
  const auto membership = std::ranges::find(record.vpcs, vpc_id, &Membership::vpc_id);
  if (membership == record.vpcs.end()) return;
  if (VpcRecord* vpc = find_vpc(vpc_id)) {
    give_back(*vpc, membership->address);
    vpc->lingering.push_back({record.public_ip.value_or(Ipv4{}).str(), clock_.now() + options_.vpc_linger});
  }
  record.vpcs.erase(membership);
}

VpcNic Cloud::nic(const Membership& membership) {
  VpcNic nic;
  nic.vpc_id = membership.vpc_id;
  nic.ipv4 = membership.address;
  nic.mac = membership.mac;
  if (const VpcRecord* vpc = find_vpc(membership.vpc_id)) {
    nic.cidr = vpc->cidr;
    if (vpc->nat) nic.nat_gateway = vpc->nat->private_ip;
  }
  return nic;
}

Answer<NatGatewayRecord> Cloud::create_nat_gateway(const std::string& vpc_id, std::string label,
                                                   std::string tag) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(vpc_id);
  if (vpc == nullptr) return no_such_vpc();
  if (vpc->nat) return Refusal{400, "This VPC network already has a NAT Gateway."};
  const auto public_ip = take_public_address();
  if (!public_ip) return Refusal{400, "No free public addresses in this location."};
  const auto private_ip = take_lowest_free(*vpc);
  if (!private_ip) {
    state_.public_used.erase(*public_ip);
    return Refusal{400, "No free addresses in this VPC network."};
  }
  vpc->nat = NatGatewayRecord{random_uuid(), std::move(label), std::move(tag),
                              *public_ip,    *private_ip,      clock_.now()};
  return *vpc->nat;
}

Answer<NatGatewayRecord> Cloud::update_nat_gateway(const std::string& vpc_id, const std::string& id,
                                                   std::optional<std::string> label,
                                                   std::optional<std::string> tag) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(vpc_id);
  if (vpc == nullptr) return no_such_vpc();
  if (!vpc->nat || vpc->nat->id != id) return Refusal{404, "Invalid NAT Gateway ID."};
  if (label) vpc->nat->label = *std::move(label);
  if (tag) vpc->nat->tag = *std::move(tag);
  return *vpc->nat;
}

Answer<Done> Cloud::delete_nat_gateway(const std::string& vpc_id, const std::string& id) {
  const std::lock_guard lock(mutex_);
  VpcRecord* vpc = find_vpc(vpc_id);
  if (vpc == nullptr) return no_such_vpc();
  if (!vpc->nat || vpc->nat->id != id) return Refusal{404, "Invalid NAT Gateway ID."};
  give_back(*vpc, vpc->nat->private_ip);
  state_.public_used.erase(vpc->nat->public_ip);
  vpc->nat.reset();
  return Done{};
}

}  // namespace vpcp::lab
