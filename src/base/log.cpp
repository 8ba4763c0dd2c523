#include "vpcp/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>

namespace vpcp {
namespace {

/// Length of the valid UTF-8 sequence at text[i], 0 when there is none (RFC 3629).
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const unsigned lead = byte(i);
  const std::size_t n = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : lead >= 0xe0 && lead <= 0xef ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  for (std::size_t k = 1; k < n; ++k) {
    if ((byte(i + k) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = byte(i + 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : n;
}

/// The inside of a JSON string (RFC 8259 section 7); bytes that are not UTF-8 become U+FFFD, so that a line
/// is always one valid document whatever a host or a user put into it.
void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20 || c == 0x7f) {
      out += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : fmt::format("\\u{:04x}", c);
      ++i;
    } else if (c < 0x80) {
      out += text[i++];
    } else if (const std::size_t n = utf8_length(text, i); n > 0) {
      out.append(text.substr(i, n));
      i += n;
    } else {
      out += "\xef\xbf\xbd";
      ++i;
    }
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  append_escaped(out, text);
  return out += '"';
}

struct JsonValue {
  std::string operator()(const std::string& v) const { return quoted(v); }
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return fmt::format("{:.6g}", v); }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
};

std::string json_members(std::string_view message, const LogFields& fields) {
  std::string out = "\"msg\":" + quoted(message);
  for (const LogField& field : fields)
    out += ',' + quoted(field.key) + ':' + std::visit(JsonValue{}, field.value);
  return out;
}

struct TextValue {
  std::string operator()(const std::string& v) const {
    const bool plain = !v.empty() && v.find_first_of(" \"=\\\n\t") == std::string::npos;
    std::string escaped;
    append_escaped(escaped, v);
    return plain && escaped == v ? v : '"' + escaped + '"';
  }
  template <class T>
  std::string operator()(const T& v) const {
    return JsonValue{}(v);
  }
};

std::string text_line(std::string_view message, const LogFields& fields) {
  std::string out;
  append_escaped(out, message);
  for (const LogField& field : fields) out += "  " + field.key + '=' + std::visit(TextValue{}, field.value);
  return out;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Trace:
      return spdlog::level::trace;
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warn:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

class SpdlogSink final : public LogSink {
 public:
  SpdlogSink(LogFormat format, LogLevel level)
      : format_(format), logger_("vpcp", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    // The payload is already escaped, so %v cannot break the line.
    const char* pattern = format == LogFormat::Json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                    : "%Y-%m-%dT%H:%M:%S.%eZ %L %v";
    logger_.set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger_.set_level(to_spdlog(level));
    logger_.flush_on(spdlog::level::trace);
  }
  bool enabled(LogLevel level) const override { return logger_.should_log(to_spdlog(level)); }
  void write(LogLevel level, std::string_view message, const LogFields& fields) override {
    const std::string line =
        format_ == LogFormat::Json ? json_members(message, fields) : text_line(message, fields);
    logger_.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
  }

 private:
  LogFormat format_;
  spdlog::logger logger_;
};

}  // namespace

Log Log::with(LogFields fields) const {
  Log inner = *this;
  if (bound_) fields.insert(fields.begin(), bound_->begin(), bound_->end());
  inner.bound_ = std::make_shared<const LogFields>(std::move(fields));
  return inner;
}

void Log::write(LogLevel level, std::string_view message, LogFields fields) const {
  if (!sink_ || !sink_->enabled(level)) return;
  if (bound_) fields.insert(fields.begin(), bound_->begin(), bound_->end());
  sink_->write(level, message, fields);
}

std::shared_ptr<LogSink> stderr_log(LogFormat format, LogLevel level) {
  return std::make_shared<SpdlogSink>(format, level);
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels{{{"trace", LogLevel::Trace},
                                                                                 {"debug", LogLevel::Debug},
                                                                                 {"info", LogLevel::Info},
                                                                                 {"warn", LogLevel::Warn},
                                                                                 {"error", LogLevel::Error}}};
  for (const auto& [name, level] : kLevels) {
    if (name == text) return level;
  }
  return std::nullopt;
}

}  // namespace vpcp
