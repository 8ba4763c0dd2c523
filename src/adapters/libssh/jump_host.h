#pragma once
#include <atomic>
#include <list>
#include <thread>
#include <vector>

#include "adapters/libssh/session.h"

namespace vpcp::ssh {

/// A host that leads to others. libssh has no ProxyJump: one thread owns the session and pumps any number of
/// direct-tcpip channels to socket pairs, whose other ends the sessions behind are given. Thread-safe.
class JumpHost {
 public:
  explicit JumpHost(std::unique_ptr<Session> session);
  /// Every connection through it ends.
  ~JumpHost();
  JumpHost(const JumpHost&) = delete;
  JumpHost& operator=(const JumpHost&) = delete;

  /// A connected socket to `target`, as seen from here. Errors: "HostUnreachable".
  Result<FileDescriptor> connect(const Context& ctx, const HostLogin& target);
  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool in_use() const { return links_in_use_ > 0; }
  [[nodiscard]] bool trusted_by(const HostLogin& login) const { return session_->trusted_by(login); }

 private:
  /// A channel being opened, and who waits for it.
  struct Request {
    std::string address;
    int port{0};
    Channel channel;
    std::mutex mutex;
    std::condition_variable_any answered;
    std::optional<std::string> failure;
    FileDescriptor socket;
    void answer(FileDescriptor fd);
    void fail(const std::string& why);
  };
  class Link;

  void run(const std::stop_token& stop);
  bool open_some();
  bool try_open(Request& request);
  void start_link(Request& request);
  bool pump_links();
  void wait() const;
  void close_all();

  std::unique_ptr<Session> session_;
  Event wake_;
  std::mutex mutex_;
  std::list<std::shared_ptr<Request>> incoming_;  ///< Guarded by mutex_.
  bool closed_{false};                            ///< Guarded by mutex_.
  std::atomic<bool> alive_{true};
  std::atomic<std::size_t> links_in_use_{0};
  std::list<std::shared_ptr<Request>> opening_;  ///< The thread's own.
  std::list<Link> links_;                        ///< The thread's own.
  std::jthread thread_;
};

}  // namespace vpcp::ssh
