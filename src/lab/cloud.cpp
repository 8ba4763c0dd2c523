#include "lab/cloud.h"

#include <array>
#include <cstdio>

#include "lab/cloud_find.h"

namespace vpcp::lab {

Cloud::Cloud(CloudOptions options, Backend& backend, const Clock& clock, Log log)
    : options_(options), backend_(backend), clock_(clock), log_(std::move(log)) {}

Seq Cloud::add_id(const std::string& id) {
  const Seq seq = ++state_.last_seq;
  state_.by_id[id] = seq;
  return seq;
}

std::string Cloud::next_mac(const char* prefix) {
  const std::uint32_t n = ++state_.last_nic;
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "%s:00:%02x:%02x:%02x:%02x", prefix, n >> 24 & 0xff, n >> 16 & 0xff,
                n >> 8 & 0xff, n & 0xff);
  return text.data();
}

std::optional<Ipv4> Cloud::take_public_address() {
  constexpr std::uint64_t kFirst = 10;
  constexpr std::uint64_t kReserved = 250;  // the controller's place in the lab
  const std::uint64_t end = options_.public_network.size() - 1;
  for (std::uint64_t tried = kFirst; tried < end; ++tried) {
    // Going round, so that a new server does not get the address of the one it replaces.
    if (state_.next_public >= end) state_.next_public = kFirst;
    const std::uint64_t n = state_.next_public++;
    const Ipv4 address = options_.public_network.at(n);
    if (n != kReserved && state_.public_used.insert(address).second) return address;
  }
  return std::nullopt;
}

void Cloud::note(const Status& status, const char* what, const std::string& id) const {
  if (status.ok()) return;
  log_.warn(
      "The backend refuses a change",
      {{"change", what}, {"id", id}, {"reason", status.error().reason}, {"message", status.error().message}});
}

Page<SshKeyRecord> Cloud::ssh_keys(const PageRequest& page) const {
  const std::lock_guard lock(mutex_);
  return paginate(in_order(state_.ssh_keys), page, [](const SshKeyRecord& key) { return key; });
}

Answer<SshKeyRecord> Cloud::ssh_key(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const SshKeyRecord* key = find(state_.ssh_keys, id);
  if (key == nullptr) return Refusal{404, "Invalid ssh key"};
  return *key;
}

Answer<SshKeyRecord> Cloud::create_ssh_key(std::string name, std::string key) {
  const std::lock_guard lock(mutex_);
  SshKeyRecord record{0, random_uuid(), cut(std::move(name), kMaxKeyName), std::move(key), clock_.now()};
  record.seq = add_id(record.id);
  return state_.ssh_keys[record.seq] = record;
}

Answer<Done> Cloud::update_ssh_key(const std::string& id, std::optional<std::string> name,
                                   std::optional<std::string> key) {
  const std::lock_guard lock(mutex_);
  SshKeyRecord* record = find(state_.ssh_keys, id);
  if (record == nullptr) return Refusal{404, "Invalid ssh key"};
  if (name) record->name = cut(*std::move(name), kMaxKeyName);
  if (key) record->key = *std::move(key);
  return Done{};
}

Answer<Done> Cloud::delete_ssh_key(const std::string& id) {
  const std::lock_guard lock(mutex_);
  SshKeyRecord* record = find(state_.ssh_keys, id);
  if (record == nullptr) return Refusal{404, "Invalid ssh key"};
  state_.ssh_keys.erase(record->seq);
  state_.by_id.erase(id);
  return Done{};
}

Answer<Done> Cloud::set_link(const Link& link) {
  if (find_region(link.region_a) == nullptr || find_region(link.region_b) == nullptr) {
    return Refusal{400, "Invalid region."};
  }
  const std::lock_guard lock(mutex_);
  const Status done = backend_.set_link(link);
  if (!done.ok()) return Refusal{500, done.error().message};
  return Done{};
}

}  // namespace vpcp::lab
