#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vpcp {

enum class LogLevel { Trace, Debug, Info, Warn, Error };
enum class LogFormat { Json, Text };

/// A field of a log line. Only these types convert: a Secret does not, so it cannot be logged.
struct LogField {
  std::string key;
  std::variant<std::string, std::int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <class Int>
  requires std::is_integral_v<Int> LogField(std::string_view k, Int v)
      : key(k), value(static_cast<std::int64_t>(v)) {}
};
using LogFields = std::vector<LogField>;

/// Where lines go. Implementations are thread-safe.
class LogSink {
 public:
  virtual ~LogSink() = default;
  [[nodiscard]] virtual bool enabled(LogLevel level) const = 0;
  virtual void write(LogLevel level, std::string_view message, const LogFields& fields) = 0;
};

/// A logger is a value: a sink plus the fields every line of it carries. The message is a constant sentence;
/// what varies goes into fields. Default-constructed it is silent. Thread-safe.
class Log {
 public:
  Log() = default;
  explicit Log(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}
  /// The same log with more fields on each line.
  [[nodiscard]] Log with(LogFields fields) const;

  void trace(std::string_view message, LogFields fields = {}) const {
    write(LogLevel::Trace, message, std::move(fields));
  }
  void debug(std::string_view message, LogFields fields = {}) const {
    write(LogLevel::Debug, message, std::move(fields));
  }
  void info(std::string_view message, LogFields fields = {}) const {
    write(LogLevel::Info, message, std::move(fields));
  }
  void warn(std::string_view message, LogFields fields = {}) const {
    write(LogLevel::Warn, message, std::move(fields));
  }
  void error(std::string_view message, LogFields fields = {}) const {
    write(LogLevel::Error, message, std::move(fields));
  }
  void write(LogLevel level, std::string_view message, LogFields fields) const;

 private:
  std::shared_ptr<LogSink> sink_;
  std::shared_ptr<const LogFields> bound_;
};

/// Lines on standard error by spdlog: one JSON object a line, or text for people. Hostile bytes (control
/// characters, invalid UTF-8, forged fields) stay inside their string.
std::shared_ptr<LogSink> stderr_log(LogFormat format, LogLevel level);
/// "trace" … "error"; nullopt for anything else.
std::optional<LogLevel> parse_log_level(std::string_view text);

}  // namespace vpcp
