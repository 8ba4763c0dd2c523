#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include "support/fake_world.h"

namespace vpcp::testing {

/// Two hosts of a fake world, the second one reached through the first, and how to log in to them.
class FakePair {
 public:
  FakePair() {
    vpc_ = world.cloud.create_vpc(soon(), {"ams", "VPC-A", *Cidr::parse("172.16.1.0/24")}).value().id;
    host_id = make("gateway-a", host_key_);
    behind_id_ = make("db-server", behind_key_);
    world.clock.advance(minutes{10});  // both have booted
  }
  HostLogin host() { return login("ams/gateway-0", host_key_, fake(host_id).public_address.value()); }
  HostLogin behind() {
    HostLogin inner = login("ams/db-server", behind_key_, fake(behind_id_).vpc_address.value());
    inner.jump = std::make_shared<HostLogin>(host());
    return inner;
  }
  HostLogin nobody() { return login("ams/nobody", host_key_, *Ipv4::parse("203.0.113.250")); }

  FakeWorld world;
  InstanceId host_id;

 private:
  Context soon() {
    Context context;
    context.deadline = world.clock.steady_now() + minutes{1};
    return context;
  }
  FakeHost fake(const InstanceId& id) {
    return world.hosts.on(id, [](const FakeHost& host) { return host; });
  }
  InstanceId make(const std::string& label, const SshKeyPair& host_key) {
    NewInstance wanted;
    wanted.region = "ams";
    wanted.plan = "vc2-1c-1gb";
    wanted.os = "Ubuntu 22.04 LTS x64";
    wanted.label = label;
    wanted.hostname = label;
    wanted.vpc = vpc_;
    wanted.user_data = Secret::copy_of("#cloud-config\nssh_keys:\n  ed25519_public: " + host_key.public_key +
                                       "\nssh_authorized_keys:\n- " + client_key_.public_key + "\n");
    const auto made = world.cloud.create_instance(soon(), wanted);
    if (!made) throw std::runtime_error(made.error().message);
    return made->id;
  }
  HostLogin login(const std::string& name, const SshKeyPair& host_key, Ipv4 address) const {
    HostLogin login;
    login.name = name;
    login.address = address;
    login.private_key = client_key_.private_key;
    login.pinned = {host_key.public_key};
    return login;
  }

  const SshKeyPair client_key_ = new_ssh_key_pair();
  const SshKeyPair host_key_ = new_ssh_key_pair();
  const SshKeyPair behind_key_ = new_ssh_key_pair();
  VpcId vpc_;
  InstanceId behind_id_;
};

}  // namespace vpcp::testing
