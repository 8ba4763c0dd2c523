#include <stdexcept>

#include "contract/watch_contract.h"
#include "support/fake_watch.h"
#include "support/fake_world.h"

namespace vpcp::testing {
namespace {

class FakeWatchStage : public WatchStage {
 public:
  FakeWatchStage() {
    vpc_ = world_.cloud.create_vpc({}, {"ams", "VPC-A", *Cidr::parse("172.16.1.0/24")}).value().id;
    host_ = make("gateway-a", host_key_);
    behind_ = make("db-server", behind_key_);
    world_.clock.advance(minutes{10});  // both have booted
  }
  HostWatch& watch() override { return watch_; }
  Told& told() override { return told_; }
  HostLogin host() override { return login("ams/gateway-0", host_key_, fake(host_).public_address.value()); }
  HostLogin behind() override {
    HostLogin inner = login("ams/db-server", behind_key_, fake(behind_).vpc_address.value());
    inner.jump = std::make_shared<HostLogin>(host());
    return inner;
  }
  HostLogin nobody() override { return login("ams/nobody", host_key_, *Ipv4::parse("203.0.113.250")); }
  Command command() override { return {{"vpcp-watch"}, {}}; }
  void touch() override {
    world_.hosts.on(host_, [](FakeHost& host) { host.files["/etc/wireguard/wg0.conf"].content += "#"; });
  }
  void cut() override {
    world_.hosts.faults.add({"watch", {ErrorKind::Transient, "HostUnreachable", "cut"}, false, 1});
  }
  bool eventually(const std::function<bool()>& so) override {
    for (int turn = 0; turn < 10 && !so(); ++turn) {
      world_.clock.advance(seconds{1});
      watch_.poll();
    }
    return so();
  }

 private:
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
    const auto made = world_.cloud.create_instance({}, wanted);
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
  Told told_;
  FakeWatch watch_{world_.hosts, told_};
  const SshKeyPair client_key_ = new_ssh_key_pair();
  const SshKeyPair host_key_ = new_ssh_key_pair();
  const SshKeyPair behind_key_ = new_ssh_key_pair();
  VpcId vpc_;
  InstanceId host_;
  InstanceId behind_;
};

}  // namespace

std::unique_ptr<WatchStage> fake_watch_stage() {
  return std::make_unique<FakeWatchStage>();
}

}  // namespace vpcp::testing
