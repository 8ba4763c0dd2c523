#include "lab/hosts/netns.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>

#include "lab/hosts/process.h"

namespace vpcp::lab {

Status enter_netns(const std::string& netns) {
  const FileDescriptor fd = TRY(open_path("/run/netns/" + netns, O_RDONLY));
  if (::setns(fd.get(), CLONE_NEWNET) != 0) return errno_error("cannot enter the network namespace " + netns);
  return {};
}

bool netns_exists(const std::string& netns) {
  struct statfs system {};
  return ::statfs(("/run/netns/" + netns).c_str(), &system) == 0 && system.f_type == NSFS_MAGIC;
}

Status make_netns(const std::string& netns) {
  if (netns_exists(netns)) return {};
  delete_netns(netns);
  TRY(run_program({"ip", "netns", "add", netns}));
  TRY(run_program({"ip", "-n", netns, "link", "set", "lo", "up"}));
  return {};
}

void delete_netns(const std::string& netns) {
  // The name can be left without a namespace, when that was made in a mount namespace that is gone.
  std::error_code ignored;
  if (std::filesystem::exists("/run/netns/" + netns, ignored))
    (void)run_program({"ip", "netns", "del", netns});
}

}  // namespace vpcp::lab
