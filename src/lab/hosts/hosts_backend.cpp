#include "lab/hosts/hosts_backend.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <atomic>
#include <map>
#include <mutex>

#include "lab/hosts/fabric.h"
#include "lab/hosts/host.h"
#include "lab/hosts/leftovers.h"
#include "lab/hosts/machine_lock.h"
#include "lab/hosts/names.h"
#include "lab/hosts/netns.h"
#include "lab/hosts/process.h"

namespace vpcp::lab {
namespace {

namespace fs = std::filesystem;

/// Removing a host takes a second (its container must die): such work is done behind the caller, and its end
/// awaited by the destructor.
class Graveyard {
 public:
  ~Graveyard() {
    for (Burial& burial : burials_) burial.thread.join();
  }
  void bury(std::unique_ptr<Host> host) {
    std::erase_if(burials_, [](Burial& burial) {
      if (!burial.done->load()) return false;
      burial.thread.join();
      return true;
    });
    auto done = std::make_shared<std::atomic<bool>>(false);
    burials_.push_back({done, std::thread([done, host = std::move(host)]() mutable {
                          host.reset();
                          *done = true;
                        })});
  }

 private:
  struct Burial {
    std::shared_ptr<std::atomic<bool>> done;
    std::thread thread;
  };
  std::vector<Burial> burials_;
};

class HostsBackend : public Backend {
 public:
  HostsBackend(const HostsOptions& options, MachineClaim claim, std::unique_ptr<Fabric> fabric)
      : regions_(options.regions),
        claim_(std::move(claim)),
        fabric_(std::move(fabric)),
        machine_{options.image,
                 options.state / "hosts",
                 options.state / "tun",
                 CgroupRoots::of_this_machine(),
                 *fabric_,
                 options.log} {}

  ~HostsBackend() override {
    for (auto& [id, host] : hosts_) graveyard_->bury(std::move(host));
    hosts_.clear();
    graveyard_.reset();
    fabric_.reset();
    remove_cgroup(machine_.cgroups, kCgroup);
    std::error_code ignored;
    fs::remove_all(machine_.folder, ignored);
    fs::remove(machine_.tun_device, ignored);
    fs::remove(kLockFile, ignored);
  }

  [[nodiscard]] std::vector<std::string> regions() const override { return regions_; }
  Status create_vpc(const VpcSpec& vpc) override { return fabric_->add_vpc(vpc.id); }
  Status delete_vpc(const std::string& vpc_id) override {
    fabric_->remove_vpc(vpc_id);
    return {};
  }

  Status create(const HostSpec& spec) override {
    const std::lock_guard lock(mutex_);
    auto& host = hosts_[spec.instance_id];
    if (host) return {};
    host = std::make_unique<Host>(spec, machine_);
    host->power_on();
    return {};
  }
  Status power_on(const std::string& id) override {
    return with(id, [](Host& host) { host.power_on(); });
  }
  Status power_off(const std::string& id) override {
    return with(id, [](Host& host) { host.power_off(); });
  }
  Status reboot(const std::string& id) override {
    return with(id, [](Host& host) { host.reboot(); });
  }
  Status reinstall(const HostSpec& spec) override {
    return with(spec.instance_id, [&spec](Host& host) { host.reinstall(spec); });
  }
  Status destroy(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(id);
    if (found == hosts_.end()) return {};
    graveyard_->bury(std::move(found->second));
    hosts_.erase(found);
    return {};
  }
  Status attach_vpc(const std::string& id, const VpcNic& nic) override {
    return with(id, [&nic](Host& host) { host.attach(nic); });
  }
  Status detach_vpc(const std::string& id, const std::string& vpc_id) override {
    return with(id, [&vpc_id](Host& host) { host.detach(vpc_id); });
  }
  Status set_firewall(const std::string& id, const Inbound& inbound) override {
    return with(id, [&inbound](Host& host) { host.set_firewall(inbound); });
  }
  Status set_user_data(const std::string& id, const std::string& user_data) override {
    return with(id, [&user_data](Host& host) { host.set_user_data(user_data); });
  }
  Status set_link(const Link& link) override {
    fabric_->set_link(link);
    return {};
  }

  [[nodiscard]] HostState state(const std::string& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(id);
    return found == hosts_.end() ? HostState::Absent : found->second->state();
  }
  [[nodiscard]] std::string failure(const std::string& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(id);
    return found == hosts_.end() || found->second->state() != HostState::Failed ? ""
                                                                                : found->second->failure();
  }

 private:
  template <class F>
  Status with(const std::string& id, F&& work) {
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(id);
    if (found != hosts_.end()) work(*found->second);
    return {};
  }

  const std::vector<std::string> regions_;
  const MachineClaim claim_;
  std::unique_ptr<Fabric> fabric_;
  const HostMachine machine_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::map<std::string, std::unique_ptr<Host>> hosts_;
  std::unique_ptr<Graveyard> graveyard_{std::make_unique<Graveyard>()};
};

/// Root's alone.
Status make_state_folder(const fs::path& state) {
  std::error_code failed;
  fs::create_directories(state, failed);
  if (failed) return machine_error("cannot make " + state.string() + ": " + failed.message());
  fs::permissions(state, fs::perms::owner_all, failed);
  return {};
}

/// The device node that hosts are shown as /dev/net/tun.
Status make_tun_device(const fs::path& path) {
  if (::mknod(path.c_str(), S_IFCHR | 0666, makedev(10, 200)) != 0 && errno != EEXIST) {
    return errno_error("cannot make the device node " + path.string());
  }
  ::chmod(path.c_str(), 0666);
  return {};
}

Result<std::unique_ptr<Backend>> build(const HostsOptions& options, MachineClaim claim) {
  std::error_code ignored;
  if (!fs::is_directory(options.image / "etc", ignored)) {
    return Error{
        ErrorKind::Invalid,
        "LabImage",
        "there is no host image in '" + options.image.string() + "'; build it with deploy/lab/image.sh",
        {}};
  }
  remove_leftovers(CgroupRoots::of_this_machine(), options.state / "hosts");
  TRY(make_tun_device(options.state / "tun"));
  WireQuality link;
  link.delay = options.default_delay;
  std::unique_ptr<Fabric> fabric = TRY(Fabric::build(link));
  return std::unique_ptr<Backend>(new HostsBackend(options, std::move(claim), std::move(fabric)));
}

}  // namespace

Result<MachineClaim> claim_machine(const fs::path& state) {
  TRY(make_state_folder(state));
  FileDescriptor lock = TRY(take_machine_lock(kLockFile));
  Reaper reaper = TRY(Reaper::start(lock, state));
  TRY(make_netns(kControlNetns));
  TRY(enter_netns(kControlNetns));
  return MachineClaim{std::move(lock), std::move(reaper)};
}

Result<std::unique_ptr<Backend>> make_hosts_backend(const HostsOptions& options, MachineClaim claim) {
  Result<std::unique_ptr<Backend>> backend = build(options, std::move(claim));
  if (!backend.ok()) {
    delete_netns(kFabricNetns);
    delete_netns(kControlNetns);
  }
  return backend;
}

}  // namespace vpcp::lab
