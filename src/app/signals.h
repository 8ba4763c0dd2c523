#pragma once
#include <csignal>
#include <stop_token>
#include <thread>

#include "vpcp/base/log.h"

namespace vpcp::app {

/// Waits for SIGTERM or SIGINT, which every thread has blocked, and then requests the stop. To be made before
/// any other thread, those of libraries too: a signal kills by way of any thread that has not blocked it.
class SignalWaiter {
 public:
  SignalWaiter() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;
  ~SignalWaiter() { join(); }

  void start(std::stop_source source, Log log) {
    thread_ = std::thread([this, source = std::move(source), log = std::move(log)]() mutable {
      int signal = 0;
      sigwait(&signals_, &signal);
      log.info("Stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      source.request_stop();
    });
  }
  /// After the work has ended, for whatever reason.
  void join() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread): awaited
    thread_.join();
  }

 private:
  sigset_t signals_{};
  std::thread thread_;
};

}  // namespace vpcp::app
