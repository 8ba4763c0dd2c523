#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/base/clock.h"

namespace vpcp {

enum class Colour { Plain, Bold, Dim, Green, Yellow, Red, Cyan };

/// Colours text for a terminal, or leaves it as it is; what it is given is made printable.
class Paint {
 public:
  explicit Paint(bool on = false) : on_(on) {}
  [[nodiscard]] std::string operator()(Colour colour, std::string_view text) const;
  [[nodiscard]] bool on() const { return on_; }

 private:
  bool on_;
};

/// How many columns the text takes: its characters, of which none is wide. Without colours.
std::size_t display_width(std::string_view utf8);

struct ScreenSize {
  std::size_t rows{24};
  std::size_t columns{80};
};
/// Lines, coloured or not, as they fit: each cut at the edge, and of too many the first, and how many more
/// there are.
std::string fitted(std::string_view text, const ScreenSize& screen);
/// Printable, in one line: what comes from others (names in a cloud, messages) must not move a cursor.
std::string one_line(std::string_view text);
/// The same of several lines.
std::string printable(std::string_view text);
/// The same of what is painted already: our own colours stay.
std::string printable(std::string_view text, const Paint& paint);
/// The message without the place that it begins with, where that stands before it already.
std::string without_place(const std::string& message, const std::string& place);

std::string ago(SystemTime then, SystemTime now);  ///< "12 s ago", "4 min ago", "3 h ago", "9 d ago"
std::string short_time(milliseconds duration);     ///< "7.0 s", "4 min"
/// Between two times as a status keeps them, which is to the second: "under 1 s", "7 s", "4 min"
std::string span_text(SystemTime from, SystemTime to);
std::string bytes_text(std::uint64_t bytes);  ///< "512 B", "1.3 MB"
std::string money_text(double usd);           ///< "20.00 USD"
std::string number_text(double value, int places);
/// "1 site", "2 sites"
std::string count_text(std::size_t count, std::string_view noun);

struct Cell {
  std::string text;
  Colour colour{Colour::Plain};
};

/// Columns as kubectl prints them: a heading, two spaces or more between, nothing behind the last one.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : heading_(std::move(heading)) {}
  /// The texts may come from others: they are made printable here, for every table.
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string str(const Paint& paint) const;

 private:
  std::vector<std::string> heading_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace vpcp
