#pragma once
#include <utility>  // missing in boost/asio/awaitable.hpp

#include <cpprest/http_client.h>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include "vpcp/base/context.h"

// cpprestsdk has traps; these rules keep out of them and hold for this whole folder:
//  * nothing blocks on the pool thread; continuations only move values;
//  * every task ends in a continuation that takes all exceptions: a dropped failing task ends the process;
//  * cancellation runs on the pool thread;
//  * bodies go to our own sinks: the library's own buffers dead-lock when a write fails.

namespace vpcp::cpprest {

using Closing = std::ios_base::openmode;

/// Takes the body of an answer; says of each part whether it may be so long. Write-only.
class Sink : public concurrency::streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  Sink() : streambuf_state_manager(std::ios_base::out) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(Closing) const override { return 0; }
  void set_buffer_size(std::size_t, Closing) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(Closing) const override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekpos(pos_type, Closing) override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekoff(off_type, std::ios_base::seekdir, Closing) override {
    return static_cast<pos_type>(traits::eof());
  }
  bool acquire(std::uint8_t*&, std::size_t&) override { return false; }
  void release(std::uint8_t*, std::size_t) override {}
  // The inherited ones wait for the pool while running on it when a write has failed.
  pplx::task<void> close(Closing mode) override {
    if (mode & std::ios_base::out) m_stream_can_write = false;
    return pplx::task_from_result();
  }
  pplx::task<void> close(Closing mode, std::exception_ptr failure) override {
    if (!m_currentException) m_currentException = failure;
    return close(mode);
  }

 protected:
  /// On the pool thread. False: this is more than we take.
  virtual bool take_part(std::string_view part) = 0;

  pplx::task<int_type> _putc(std::uint8_t byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return static_cast<int_type>(byte); });
  }
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    if (!take_part({reinterpret_cast<const char*>(bytes), count})) {
      return pplx::task_from_exception<std::size_t>(std::length_error("the answer is too long"));
    }
    return pplx::task_from_result(count);
  }
  pplx::task<int_type> _bumpc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  pplx::task<int_type> _ungetc() override { return pplx::task_from_result<int_type>(traits::eof()); }
  pplx::task<std::size_t> _getn(std::uint8_t*, std::size_t) override {
    return pplx::task_from_result<std::size_t>(0);
  }
  std::size_t _scopy(std::uint8_t*, std::size_t) override { return 0; }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  std::uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}
};

/// Keeps the body whole.
class BodySink final : public Sink {
 public:
  explicit BodySink(std::size_t limit) : limit_(limit) {}
  std::string take() { return std::move(text_); }

 protected:
  bool take_part(std::string_view part) override {
    if (part.size() > limit_ - text_.size()) return false;
    text_.append(part);
    return true;
  }

 private:
  std::string text_;
  std::size_t limit_;
};

/// How a request ended: the library's answer, or the exception it ended with.
using Ending = std::variant<std::monostate, web::http::http_response, std::exception_ptr>;

/// Where the pool thread leaves the ending for the thread that waits.
class Mailbox {
 public:
  void put(Ending ending) {
    const std::lock_guard lock(mutex_);
    ending_ = std::move(ending);
    arrived_.notify_all();
  }
  /// False when the context ended first.
  bool wait(const Context& ctx) {
    std::unique_lock lock(mutex_);
    const auto here = [this] { return ending_.index() != 0; };
    if (ctx.deadline == SteadyTime::max()) return arrived_.wait(lock, ctx.stop, here);
    return arrived_.wait_until(lock, ctx.stop, ctx.deadline, here);
  }
  Ending take() {
    const std::lock_guard lock(mutex_);
    return std::move(ending_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  Ending ending_;
};

/// Lines of a body on their way from the pool thread to the thread that waits. One that is full holds the
/// sender up: what is written next is taken when the lines before it have been.
class LineBox {
 public:
  void put(std::string line) {
    const std::lock_guard lock(mutex_);
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void head(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    changed_.notify_all();
  }
  void end(Ending ending) {
    const std::lock_guard lock(mutex_);
    ending_ = std::move(ending);
    changed_.notify_all();
  }
  /// Ends when there is room again; at once when there is.
  pplx::task<void> room() {
    const std::lock_guard lock(mutex_);
    if (bytes_ <= kMostWaiting || left_) return pplx::task_from_result();
    if (!room_) room_.emplace();
    return pplx::create_task(*room_);
  }
  /// Nobody waits for lines any more.
  void leave() {
    const std::lock_guard lock(mutex_);
    left_ = true;
    make_room();
  }

  struct News {
    int status{0};  ///< 0: the head has not come.
    std::deque<std::string> lines;
    bool ended{false};
  };
  /// Lines once the status is known, or the ending; waits for one of them. nullopt: the context ended first.
  std::optional<News> wait(const Context& ctx) {
    std::unique_lock lock(mutex_);
    const auto news = [this] { return ending_.index() != 0 || (status_ != 0 && !lines_.empty()); };
    const bool any = ctx.deadline == SteadyTime::max()
                         ? changed_.wait(lock, ctx.stop, news)
                         : changed_.wait_until(lock, ctx.stop, ctx.deadline, news);
    if (!any) return std::nullopt;
    make_room();
    return News{status_, std::exchange(lines_, {}), ending_.index() != 0};
  }
  Ending take() {
    const std::lock_guard lock(mutex_);
    return std::move(ending_);
  }

 private:
  static constexpr std::size_t kMostWaiting = std::size_t{4} << 20U;
  /// Under the lock: what goes on with a write runs on the pool.
  void make_room() {
    bytes_ = 0;
    if (room_) room_->set();
    room_.reset();
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> lines_;
  std::size_t bytes_{0};
  std::optional<pplx::task_completion_event<void>> room_;
  bool left_{false};
  int status_{0};
  Ending ending_;
};

/// Cuts the body into lines as it arrives.
class LineSink final : public Sink {
 public:
  LineSink(std::shared_ptr<LineBox> box, std::size_t limit) : box_(std::move(box)), limit_(limit) {}
  /// What came after the last line's end.
  std::string rest() { return std::move(begun_); }

 protected:
  bool take_part(std::string_view part) override {
    for (std::size_t end = 0; (end = part.find('\n')) != std::string_view::npos;
         part.remove_prefix(end + 1)) {
      if (begun_.size() + end > limit_) return false;
      begun_.append(part.substr(0, end));
      if (!begun_.empty()) box_->put(std::exchange(begun_, {}));
    }
    if (begun_.size() + part.size() > limit_) return false;
    begun_.append(part);
    return true;
  }
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    return Sink::_putn(bytes, count).then([box = box_](std::size_t n) {
      return box->room().then([n] { return n; });
    });
  }

 private:
  std::shared_ptr<LineBox> box_;
  std::size_t limit_;
  std::string begun_;
};

}  // namespace vpcp::cpprest
