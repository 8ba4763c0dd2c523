#include <stdexcept>

#include "contract/shell_contract.h"
#include "support/fake_world.h"

namespace vpcp::testing {
namespace {

class FakeShellStage : public ShellStage {
 public:
  FakeShellStage() {
    vpc_ = world_.cloud.create_vpc(ctx(), {"ams", "VPC-A", *Cidr::parse("172.16.1.0/24")}).value().id;
    host_ = make("gateway-a", host_key_);
    behind_ = make("db-server", behind_key_);
    world_.clock.advance(minutes{10});  // both have booted
  }
  HostShell& shell() override { return world_.hosts; }
  HostLogin host() override { return login("ams/gateway-0", host_key_, fake(host_).public_address.value()); }
  HostLogin behind() override {
    HostLogin inner = login("ams/db-server", behind_key_, fake(behind_).vpc_address.value());
    inner.jump = std::make_shared<HostLogin>(host());
    return inner;
  }
  HostLogin nobody() override { return login("ams/nobody", host_key_, *Ipv4::parse("203.0.113.250")); }
  Context within(seconds limit) override {
    Context context;
    context.deadline = world_.clock.steady_now() + limit;
    return context;
  }

 private:
  Context ctx() { return within(minutes{1}); }
  FakeHost fake(const InstanceId& id) {
    return world_.hosts.on(id, [](const FakeHost& host) { return host; });
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
    const auto made = world_.cloud.create_instance(ctx(), wanted);
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

  FakeWorld world_;
  const SshKeyPair client_key_ = new_ssh_key_pair();
  const SshKeyPair host_key_ = new_ssh_key_pair();
  const SshKeyPair behind_key_ = new_ssh_key_pair();
  VpcId vpc_;
  InstanceId host_;
  InstanceId behind_;
};

}  // namespace

std::unique_ptr<ShellStage> fake_shell_stage() {
  return std::make_unique<FakeShellStage>();
}

}  // namespace vpcp::testing
