#include "adapters/web/connection.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace vpcp::web {
namespace {

/// A request comes in one go; what does not is no client that we know.
constexpr seconds kHeadTime{5};
/// For a client that waits between two requests.
constexpr seconds kIdleTime{15};
/// Without taking a byte of what is ready for it.
constexpr seconds kStillTime{15};
/// For a whole answer: Prometheus gives up after 10 s.
constexpr seconds kAnswerTime{60};
/// A feed says something this often, so that a client that is gone is noticed.
constexpr seconds kHeartbeat{10};
/// Blocks of 4 kB: a request has at most some.
constexpr int kReadsAtOnce = 16;

constexpr const char* kAlways =
    "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nCache-Control: "
    "no-store\r\n";

const char* phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Answer";
  }
}

Answer refusal(int status, std::string why, std::string headers = "") {
  return {status, "text/plain; charset=utf-8", text_of(std::move(why)), std::move(headers)};
}

}  // namespace

bool Connection::proceed(const Respond& respond, SteadyTime now) {
  if (!read_some(now)) return false;
  while (!wants_to_write() && !feed_ && !last_) {
    const bool answered = answer_next(respond, now);
    if (!answered) return true;
    if (!write_some(now)) return false;
  }
  return write_some(now);
}

bool Connection::tick(SteadyTime now) {
  if (overdue(now)) return false;
  if (!feed_ || wants_to_write()) return true;
  static const Text kStillHere = text_of(":\n\n");
  Text news = feed_->next();
  if (!news && now - moved_ >= kHeartbeat) news = kStillHere;
  if (!news) return true;
  head_.clear();
  body_ = std::move(news);
  sent_ = 0;
  began_ = now;
  return write_some(now);
}

bool Connection::overdue(SteadyTime now) const {
  if (wants_to_write()) return now - moved_ > kStillTime || (!feed_ && now - began_ > kAnswerTime);
  if (feed_) return false;
  return now - began_ > (in_.empty() ? kIdleTime : kHeadTime);
}

/// False at the end of the stream, or of an unreasonable one.
bool Connection::read_some(SteadyTime now) {
  std::array<char, 4096> buffer;
  // One that never stops sending is left for the others now and then.
  for (int left = kReadsAtOnce; left > 0; --left) {
    const ssize_t n = ::recv(socket_.fd(), buffer.data(), buffer.size(), 0);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return wants_to_write() && !feed_;  // it may have closed its side only
    if (feed_ || last_) continue;                   // nothing more is heard
    if (in_.empty()) began_ = now;
    moved_ = now;
    in_.append(buffer.data(), static_cast<std::size_t>(n));
    if (in_.size() > 2 * kHeadLimit) return true;  // the rest is read after the answer
  }
  return true;
}

/// False when no request is complete.
bool Connection::answer_next(const Respond& respond, SteadyTime now) {
  const std::size_t end = in_.find("\r\n\r\n");
  if (end == std::string::npos || end > kHeadLimit) {
    if (in_.size() <= kHeadLimit) return false;
    answer(refusal(431, "the request is too long\n"), "close", true);
    last_ = true;
    return true;
  }
  const auto request = parse_request(std::string_view(in_).substr(0, end));
  in_.erase(0, end + 4);
  began_ = now;
  moved_ = now;
  last_ = !request || !request->keep_alive;
  const char* connection = last_ ? "close" : "keep-alive";
  if (!request) {
    answer(refusal(400, "this is no HTTP request\n"), connection, true);
  } else if (request->method != "GET" && request->method != "HEAD") {
    answer(refusal(405, "nothing can be changed here\n", "Allow: GET, HEAD\r\n"), connection, true);
  } else {
    Reply reply = respond(*request);
    if (auto* whole = std::get_if<Answer>(&reply)) {
      answer(*whole, connection, request->method == "GET");
    } else {
      Feed& feed = std::get<Feed>(reply);
      head_ = std::string("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n") + kAlways + feed.headers +
              "Connection: close\r\n\r\n";
      body_ = nullptr;
      sent_ = 0;
      last_ = request->method == "HEAD";
      if (!last_) feed_ = std::move(feed.events);
    }
  }
  return true;
}

void Connection::answer(const Answer& answer, const char* connection, bool with_body) {
  const std::size_t size = answer.body ? answer.body->size() : 0;
  head_ = "HTTP/1.1 " + std::to_string(answer.status) + ' ' + phrase(answer.status) +
          "\r\nContent-Type: " + answer.type + "\r\nContent-Length: " + std::to_string(size) + "\r\n" +
          kAlways + answer.headers + "Connection: " + connection + "\r\n\r\n";
  body_ = with_body ? answer.body : nullptr;
  sent_ = 0;
}

/// False when the connection has ended.
bool Connection::write_some(SteadyTime now) {
  while (wants_to_write()) {
    const bool in_head = sent_ < head_.size();
    const std::string& from = in_head ? head_ : *body_;
    const std::size_t at = in_head ? sent_ : sent_ - head_.size();
    const ssize_t n = ::send(socket_.fd(), from.data() + at, from.size() - at,
                             MSG_NOSIGNAL | (in_head && body_ ? MSG_MORE : 0));
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::size_t>(n);
    moved_ = now;
  }
  body_ = nullptr;
  head_.clear();
  sent_ = 0;
  return !last_;
}

}  // namespace vpcp::web
