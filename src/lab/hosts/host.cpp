#include "lab/hosts/host.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "lab/hosts/names.h"
#include "lab/hosts/process.h"
#include "lab/hosts/seed.h"

namespace vpcp::lab {
namespace {

namespace fs = std::filesystem;

/// A container that ends sooner never booted: its console log says why.
constexpr seconds kBootFloor{1};
constexpr std::uintmax_t kConsoleLimit = 4U << 20U;

std::string label_of(const HostSpec& spec) {
  std::string label = spec.label.empty() ? spec.hostname : spec.label;
  std::ranges::transform(label, label.begin(), [](unsigned char c) { return std::tolower(c); });
  return label;
}

}  // namespace

Host::Host(HostSpec spec, const HostMachine& machine)
    : machine_(machine),
      folder_(machine.folder / spec.instance_id),
      cgroup_(std::string(kCgroup) + "/" + short_id(spec.instance_id)),
      spec_(std::move(spec)),
      as_created_(spec_),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  post([this] { return make_disk(); });
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Host::~Host() {
  thread_.request_stop();
  post([] { return Status(); });
  thread_.join();
}

void Host::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(wake_.get(), &one, sizeof one);
}

std::string Host::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Host::power_on() {
  post([this] { return container_ ? Status() : boot(); });
}

void Host::power_off() {
  post([this] {
    stop_container();
    return Status();
  });
}

void Host::reboot() {
  post([this] {
    stop_container();
    return boot();
  });
}

void Host::reinstall(HostSpec spec) {
  post([this, spec = std::move(spec)]() mutable -> Status {
    stop_container();
    remove_disk();
    spec_ = std::move(spec);
    as_created_ = spec_;
    TRY(make_disk());
    return boot();
  });
}

void Host::attach(VpcNic nic) {
  post([this, nic = std::move(nic)] {
    const bool there =
        std::ranges::any_of(spec_.vpc_nics, [&](const VpcNic& n) { return n.vpc_id == nic.vpc_id; });
    if (!there) spec_.vpc_nics.push_back(nic);
    return there || !container_ ? Status() : (stop_container(), boot());
  });
}

void Host::detach(std::string vpc_id) {
  post([this, vpc_id = std::move(vpc_id)] {
    const auto plugged = [&](const VpcNic& nic) { return nic.vpc_id == vpc_id; };
    if (std::ranges::none_of(spec_.vpc_nics, plugged)) return Status();
    const bool running = container_.has_value();
    stop_container();
    machine_.fabric.unplug(spec_);
    std::erase_if(spec_.vpc_nics, plugged);
    return running ? boot() : Status();
  });
}

void Host::set_firewall(Inbound inbound) {
  post([this, inbound = std::move(inbound)] {
    spec_.inbound = inbound;
    return machine_.fabric.set_firewall(spec_);
  });
}

void Host::set_user_data(std::string user_data) {
  post([this, user_data = std::move(user_data)] {
    spec_.user_data = user_data;
    return write_seed();
  });
}

void Host::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait_for_event();
    do_jobs();
    on_end();
  }
  container_.reset();
  remove_cgroup(machine_.cgroups, cgroup_);
  machine_.fabric.unplug(spec_);
  remove_disk();
  std::error_code ignored;
  fs::remove_all("/run/systemd/nspawn/propagate/" + host_machine(spec_.instance_id), ignored);
}

void Host::wait_for_event() {
  pollfd waiting[2] = {{wake_.get(), POLLIN, 0}, {container_ ? container_->exit_fd() : -1, POLLIN, 0}};
  ::poll(waiting, 2, -1);
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(wake_.get(), &count, sizeof count);
}

void Host::do_jobs() {
  for (;;) {
    Job job;
    {
      const std::lock_guard lock(mutex_);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    note(job());
  }
}

void Host::note(const Status& outcome) {
  if (outcome.ok()) return;
  machine_.log.error(
      "A host cannot be what it should be",
      {{"instance", spec_.instance_id}, {"label", spec_.label}, {"error", outcome.error().message}});
  {
    const std::lock_guard lock(mutex_);
    failure_ = outcome.error().message;
  }
  state_ = HostState::Failed;
}

void Host::on_end() {
  if (!container_) return;
  pollfd ended{container_->exit_fd(), POLLIN, 0};
  if (::poll(&ended, 1, 0) <= 0) return;
  const ContainerEnd end = container_->reap();
  const bool never_booted = std::chrono::steady_clock::now() - booted_at_ < kBootFloor;
  stop_container();
  if (end == ContainerEnd::Reboot) {
    note(boot());
  } else if (end == ContainerEnd::Killed && never_booted) {
    note(machine_error("the host did not boot: " + last_line(read_file(path("console.log")))));
  }
}

Status Host::make_disk() {
  std::error_code failed;
  fs::remove_all(folder_, failed);
  for (const char* name : {"root", "work", "seed", "disk/usr/lib"}) {
    fs::create_directories(path(name), failed);
    if (failed) return machine_error("cannot make " + path(name).string() + ": " + failed.message());
  }
  fs::permissions(folder_, fs::perms::owner_all, failed);
  ++generation_;
  TRY(write_file(path("disk/usr/lib/os-release"), render_os_release(spec_.os_name)));
  TRY(write_file(path("name"), label_of(spec_) + "\n"));
  TRY(write_file(path("region"), spec_.region + "\n"));
  return write_seed();
}

Status Host::write_seed() {
  TRY(write_file(path("seed/meta-data"), render_meta_data(as_created_, generation_)));
  TRY(write_file(path("seed/network-config"), render_network_config(as_created_)));
  return write_file(path("seed/user-data"), spec_.user_data.empty() ? "#cloud-config\n{}\n" : spec_.user_data,
                    0600);
}

Status Host::mount_disk() {
  struct stat root {};
  struct stat above {};
  if (::stat(path("root").c_str(), &root) == 0 && ::stat(folder_.c_str(), &above) == 0 &&
      root.st_dev != above.st_dev) {
    return {};
  }
  const std::string layers = "lowerdir=" + machine_.image.string() + ",upperdir=" + path("disk").string() +
                             ",workdir=" + path("work").string();
  if (::mount("vpcp-lab", path("root").c_str(), "overlay", 0, layers.c_str()) != 0) {
    return errno_error("cannot mount the disk of " + spec_.hostname);
  }
  return {};
}

Status Host::boot() {
  TRY(mount_disk());
  TRY(machine_.fabric.plug(spec_));
  std::error_code ignored;
  if (fs::file_size(path("console.log"), ignored) > kConsoleLimit && !ignored)
    fs::remove(path("console.log"), ignored);
  std::vector<std::string> cgroup_files = TRY(make_cgroup(machine_.cgroups, cgroup_));
  const ContainerSetup setup{host_machine(spec_.instance_id),
                             spec_.hostname,
                             path("root"),
                             host_netns(spec_.instance_id),
                             machine_.tun_device,
                             path("seed"),
                             path("console.log"),
                             std::move(cgroup_files)};
  container_.emplace(TRY(Container::boot(setup)));
  booted_at_ = std::chrono::steady_clock::now();
  TRY(write_file(path("nspawn.pid"), std::to_string(container_->pid()) + "\n"));
  machine_.log.debug("A host boots", {{"instance", spec_.instance_id}, {"label", spec_.label}});
  const std::lock_guard lock(mutex_);
  failure_.clear();
  state_ = HostState::Running;
  return {};
}

void Host::stop_container() {
  if (container_) container_.reset();
  remove_cgroup(machine_.cgroups, cgroup_);
  std::error_code ignored;
  fs::remove(path("nspawn.pid"), ignored);
  state_ = HostState::Stopped;
}

void Host::remove_disk() {
  ::umount2(path("root").c_str(), MNT_DETACH);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace vpcp::lab
