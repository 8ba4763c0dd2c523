#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/base/guarded.h"
#include "vpcp/base/log.h"

namespace vpcp::testing {

/// Keeps every line.
class FakeLog : public LogSink {
 public:
  struct Line {
    LogLevel level{};
    std::string message;
    LogFields fields;
    /// The text of a field, or "".
    [[nodiscard]] std::string field(const std::string& key) const {
      for (const LogField& f : fields) {
        if (f.key != key) continue;
        if (const auto* text = std::get_if<std::string>(&f.value)) return *text;
      }
      return "";
    }
  };
  [[nodiscard]] bool enabled(LogLevel) const override { return true; }
  void write(LogLevel level, std::string_view message, const LogFields& fields) override {
    lines_.with([&](auto& lines) { lines.push_back({level, std::string(message), fields}); });
  }
  [[nodiscard]] std::vector<Line> lines() const {
    return lines_.with([](const auto& lines) { return lines; });
  }

 private:
  Guarded<std::vector<Line>> lines_;
};

}  // namespace vpcp::testing
