#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/libssh/session.h"
#include "vpcp/base/guarded.h"

namespace vpcp::ssh {

/// Idle sessions, at most one for each key, never more than the limit together with those lent. Thread-safe.
/// Callers hold the turn for their key and a place among `max_sessions`.
class WarmSessions {
 public:
  explicit WarmSessions(int max_sessions) : max_sessions_(static_cast<std::size_t>(max_sessions)) {}

  /// A session on loan, or the right to fill the loan with a new one.
  /// It is kept warm afterwards if it still lives.
  class Loan {
   public:
    Loan(WarmSessions& owner, std::string key, std::unique_ptr<Session> session)
        : owner_(owner), key_(std::move(key)), session_(std::move(session)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { owner_.give_back(key_, std::move(session_)); }

    std::unique_ptr<Session>& session() { return session_; }

   private:
    WarmSessions& owner_;
    std::string key_;
    std::unique_ptr<Session> session_;
  };
  Loan borrow(const std::string& key);
  void close_idle(SteadyTime oldest);

 private:
  struct Idle {
    std::unique_ptr<Session> session;
    SteadyTime since;
  };
  struct State {
    std::map<std::string, Idle> idle;
    std::size_t lent{0};
  };
  void give_back(const std::string& key, std::unique_ptr<Session> session);

  const std::size_t max_sessions_;
  Guarded<State> state_;
};

}  // namespace vpcp::ssh
