#pragma once
#include <memory>

#include "adapters/libssh/ssh_shell.h"
#include "vpcp/ports/host_watch.h"

namespace vpcp {

/// Streams over SSH by libssh, each over a connection of its own. One thread serves 64 of them and waits for
/// none; one more opens the ways through jump hosts, whose sessions are those of the shell. Thread-safe.
class SshWatch : public HostWatch {
 public:
  struct Options {
    milliseconds connect_limit{10'000};
    milliseconds silent_limit{15'000};
    milliseconds ping_every{10'000};
    milliseconds first_pause{500};
    milliseconds longest_pause{30'000};
  };
  /// The listener outlives it.
  SshWatch(const Options& options, const SshShell& shell, Listener& listener);
  /// Every stream ends; the listener is told no more.
  ~SshWatch() override;

  void follow(std::map<Id, Target> targets) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
