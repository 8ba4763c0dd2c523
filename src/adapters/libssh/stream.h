#pragma once
#include <optional>
#include <string>

#include "adapters/libssh/dialer.h"
#include "vpcp/ports/host_watch.h"

namespace vpcp::ssh {

/// What a stream lives by.
struct StreamTimes {
  milliseconds connect_limit{10'000};  ///< For the connection, the login and the start of the command.
  milliseconds silent_limit{15'000};   ///< A stream without a line for so long leads nowhere.
  milliseconds ping_every{10'000};     ///< The command ends by itself after three times as long.
  milliseconds first_pause{500};       ///< Before another attempt; doubles with each, until …
  milliseconds longest_pause{30'000};  ///< … this. A line that arrives starts it anew.
};

/// A connected socket to a host, and the jump host that it leads through.
struct Way {
  FileDescriptor socket;
  std::shared_ptr<JumpHost> jump;
};

/// One stream, as a state machine that never waits: for the thread of its loop.
class Stream {
 public:
  Stream(HostWatch::Id id, HostWatch::Target target, const StreamTimes& times, HostWatch::Listener& listener)
      : id_(std::move(id)), target_(std::move(target)), times_(times), listener_(listener) {}

  /// Goes on as far as it can. Called when the socket is ready, and at due().
  void work(SteadyTime now, Dialer& dialer);
  /// When it must be worked at the latest.
  [[nodiscard]] SteadyTime due() const;
  /// -1 while there is none.
  [[nodiscard]] int fd() const;
  [[nodiscard]] short wanted_events() const;

  /// It waits for a way through a jump host, which takes a thread that may wait. Asked once for each attempt.
  [[nodiscard]] bool take_wish_for_a_way() { return std::exchange(wants_way_, false); }
  void give_way(Result<Way> way, SteadyTime now);
  [[nodiscard]] const HostLogin& login() const { return target_.login; }

 private:
  enum class State { Paused, AwaitsTurn, AwaitsWay, Connecting, LoggingIn, Opening, Starting, Following };

  /// Each: true when the next state may be worked at once.
  Result<bool> advance(SteadyTime now, Dialer& dialer);
  Result<bool> take_turn(Dialer& dialer);
  Result<bool> connect();
  Result<bool> log_in();
  Result<bool> open_channel();
  Result<bool> start_command(SteadyTime now);
  Result<bool> follow(SteadyTime now);
  Result<bool> read(SteadyTime now, bool is_stderr);
  void take_bytes(std::string_view bytes);
  Status keep_alive(SteadyTime now);
  void fail(const Error& why, SteadyTime now);
  [[nodiscard]] Error ended(const char* reason, const std::string& why) const;

  const HostWatch::Id id_;
  const HostWatch::Target target_;
  const StreamTimes& times_;
  HostWatch::Listener& listener_;
  State state_{State::Paused};
  SteadyTime again_{};    ///< In Paused.
  SteadyTime give_up_{};  ///< Until Following.
  SteadyTime heard_{};    ///< In Following.
  SteadyTime next_ping_{};
  int attempts_{0};
  bool wants_way_{false};
  std::optional<KeyedGate::Pass> turn_;
  FileDescriptor socket_;
  std::shared_ptr<JumpHost> jump_;
  std::unique_ptr<Session> session_;
  Channel channel_;
  std::string line_;
};

}  // namespace vpcp::ssh
