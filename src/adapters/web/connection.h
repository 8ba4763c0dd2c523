#pragma once
#include <functional>
#include <memory>
#include <string>

#include "adapters/web/listener.h"
#include "adapters/web/web_server.h"
#include "vpcp/base/clock.h"

namespace vpcp::web {

/// One client: what it has sent of a request, and what it has not yet taken of the answer. Never waits.
class Connection {
 public:
  using Respond = std::function<Reply(const Request&)>;

  Connection(Socket socket, SteadyTime now) : socket_(std::move(socket)), began_(now), moved_(now) {}

  /// Reads, answers and writes as far as it goes without waiting. False when the connection has ended.
  bool proceed(const Respond& respond, SteadyTime now);
  /// Fetches news for a feed whose client has taken everything. False when the connection has ended.
  bool tick(SteadyTime now);

  [[nodiscard]] int fd() const { return socket_.fd(); }
  [[nodiscard]] bool wants_to_write() const { return sent_ < head_.size() + body_size(); }
  /// When something was last sent or taken.
  [[nodiscard]] SteadyTime moved() const { return moved_; }
  [[nodiscard]] bool is_feed() const { return feed_ != nullptr; }

 private:
  bool read_some(SteadyTime now);
  bool write_some(SteadyTime now);
  bool answer_next(const Respond& respond, SteadyTime now);
  void answer(const Answer& answer, const char* connection, bool with_body);
  [[nodiscard]] bool overdue(SteadyTime now) const;
  [[nodiscard]] std::size_t body_size() const { return body_ ? body_->size() : 0; }

  Socket socket_;
  SteadyTime began_;  ///< Of this request.
  SteadyTime moved_;
  std::string in_;
  std::string head_;
  Text body_;
  std::size_t sent_{0};
  std::unique_ptr<EventFeed> feed_;
  bool last_{false};  ///< It ends when what is to be sent has been.
};

}  // namespace vpcp::web
