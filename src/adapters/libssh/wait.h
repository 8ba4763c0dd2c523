#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "vpcp/base/context.h"
#include "vpcp/base/file_descriptor.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp::ssh {

/// An event that poll(2) can wait for. signal() may be called from any thread.
class Event {
 public:
  Event();
  [[nodiscard]] int fd() const { return fd_.get(); }
  void signal() const;
  void clear() const;

 private:
  FileDescriptor fd_;
};

enum class Wake { Ready, Deadline, Stopped };

/// The end of a wait: a deadline and a stop token, in a form that poll(2) understands.
class Limit {
 public:
  /// `ctx` must outlive it.
  explicit Limit(const Context& ctx) : ctx_(ctx), on_stop_(ctx.stop, Signal{&stopped_}) {}
  explicit Limit(Context&&) = delete;
  /// Waits until `fd` has one of `events` or the wait is over. Ready may be spurious.
  [[nodiscard]] Wake wait(int fd, short events) const;

 private:
  struct Signal {
    const Event* event;
    void operator()() const { event->signal(); }
  };
  const Context& ctx_;
  Event stopped_;
  std::stop_callback<Signal> on_stop_;
};

/// Lets at most `limit` callers pass at a time, for each key.
class KeyedGate {
 public:
  explicit KeyedGate(int limit) : limit_(limit) {}

  class Pass {
   public:
    Pass(KeyedGate& gate, std::string key) : gate_(&gate), key_(std::move(key)) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), key_(std::move(other.key_)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave(key_);
    }

   private:
    KeyedGate* gate_;
    std::string key_;
  };
  /// nullopt when the context ended before it was this caller's turn.
  std::optional<Pass> enter(const Context& ctx, const std::string& key);
  /// nullopt when it is not this caller's turn now.
  std::optional<Pass> try_enter(const std::string& key);

 private:
  void leave(const std::string& key);

  const int limit_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, int> inside_;
};

/// "amsterdam/gateway-0 (203.0.113.7:22)"
std::string describe(const HostLogin& login);
Error unreachable(const HostLogin& login, const std::string& why);
Error timed_out(const HostLogin& login, const std::string& why);
Error login_refused(const HostLogin& login, const std::string& why);

/// A TCP connection that finds out by itself when the peer is gone. Errors: "HostUnreachable".
Result<FileDescriptor> connect_tcp(const Context& ctx, const HostLogin& login);
/// The same without waiting: a socket whose connection is under way, and whether it has come about.
Result<FileDescriptor> start_tcp(const HostLogin& login);
Result<bool> tcp_connected(const HostLogin& login, const FileDescriptor& socket);

}  // namespace vpcp::ssh
