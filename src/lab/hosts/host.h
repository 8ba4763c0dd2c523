#pragma once
#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lab/backend.h"
#include "lab/hosts/cgroup.h"
#include "lab/hosts/container.h"
#include "lab/hosts/fabric.h"
#include "vpcp/base/log.h"

namespace vpcp::lab {

/// What every host of one lab shares.
struct HostMachine {
  std::filesystem::path image;   ///< The read-only lower layer of every host's disk.
  std::filesystem::path folder;  ///< One folder in it for each host, named by its instance id.
  std::filesystem::path tun_device;
  CgroupRoots cgroups;
  Fabric& fabric;
  Log log;
};

/// One cloud server: an overlay disk, a seed for cloud-init, a network namespace, and a container while it is
/// powered on. All its work is done in call order by a thread of its own, which starts the container again
/// when the host asks for a reboot. Thread-safe. The destructor pulls the plug and removes every trace.
class Host {
 public:
  Host(HostSpec spec, const HostMachine& machine);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void power_on();
  void power_off();
  void reboot();
  void reinstall(HostSpec spec);
  void attach(VpcNic nic);
  void detach(std::string vpc_id);
  void set_firewall(Inbound inbound);
  void set_user_data(std::string user_data);

  [[nodiscard]] HostState state() const { return state_; }
  [[nodiscard]] std::string failure() const;

 private:
  using Job = std::function<Status()>;

  void post(Job job);
  void run(const std::stop_token& stop);
  void do_jobs();
  void note(const Status& outcome);
  void on_end();
  void wait_for_event();

  Status make_disk();
  Status write_seed();
  Status mount_disk();
  Status boot();
  void stop_container();
  void remove_disk();
  [[nodiscard]] std::filesystem::path path(const char* name) const { return folder_ / name; }

  const HostMachine& machine_;
  const std::filesystem::path folder_;
  const std::string cgroup_;
  HostSpec spec_;                       // The thread's own.
  HostSpec as_created_;                 // What the network seed tells: NICs that come later are not in it.
  int generation_{0};                   // The thread's own.
  std::optional<Container> container_;  // The thread's own.
  SteadyTime booted_at_{};

  std::atomic<HostState> state_{HostState::Stopped};
  FileDescriptor wake_;
  mutable std::mutex mutex_;  // Guards jobs_ and failure_.
  std::deque<Job> jobs_;
  std::string failure_;
  std::jthread thread_;
};

}  // namespace vpcp::lab
