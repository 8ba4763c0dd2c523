#include "views/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vpcp {
namespace {

constexpr const char* kEndOfColour = "\x1b[0m";

const char* code_of(Colour colour) {
  switch (colour) {
    case Colour::Plain:
      return "";
    case Colour::Bold:
      return "\x1b[1m";
    case Colour::Dim:
      return "\x1b[2m";
    case Colour::Green:
      return "\x1b[32m";
    case Colour::Yellow:
      return "\x1b[33m";
    case Colour::Red:
      return "\x1b[31m";
    case Colour::Cyan:
      return "\x1b[36m";
  }
  return "";
}

/// The colour that the text begins with; empty: it begins with none.
std::string_view own_colour(std::string_view text) {
  constexpr std::array kAll{Colour::Bold,   Colour::Dim, Colour::Green,
                            Colour::Yellow, Colour::Red, Colour::Cyan};
  if (text.starts_with(kEndOfColour)) return kEndOfColour;
  for (const Colour colour : kAll)
    if (text.starts_with(code_of(colour))) return code_of(colour);
  return {};
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string Paint::operator()(Colour colour, std::string_view text) const {
  std::string shown = printable(text);
  if (!on_ || colour == Colour::Plain || shown.empty()) return shown;
  return code_of(colour) + shown + kEndOfColour;
}

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !continues(c); }));
}

namespace {
/// Colours (ESC [ … m) take no room and are kept whole, also those after the edge: they end what has begun.
std::string cut(std::string_view line, std::size_t columns) {
  std::string out;
  std::size_t width = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '\x1b') {
      const std::size_t end = std::min(line.find('m', i), line.size() - 1) + 1;
      out += line.substr(i, end - i);
      i = end;
      continue;
    }
    std::size_t end = i + 1;
    while (end < line.size() && continues(line[end])) ++end;
    if (++width <= columns) out += line.substr(i, end - i);
    i = end;
  }
  return out;
}
}  // namespace

std::string fitted(std::string_view text, const ScreenSize& screen) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  // The cursor stands below the last line.
  const std::size_t room = std::max<std::size_t>(screen.rows, 2) - 1;
  const std::size_t shown = lines.size() <= room ? lines.size() : room - 1;
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += cut(lines[i], screen.columns) + "\n";
  if (shown == lines.size()) return out;
  return out + cut("… " + std::to_string(lines.size() - shown) + " more lines", screen.columns) + "\n";
}

std::string one_line(std::string_view text) {
  std::string out = printable(text);
  std::ranges::replace(out, '\n', ' ');
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? '\n' : ' ';
    } else if (c < 0x20 || c == 0x7f) {
      out += '?';
    } else if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      out += '?';  // C1 controls: some terminals obey them
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string printable(std::string_view text, const Paint& paint) {
  if (!paint.on()) return printable(text);
  std::string out;
  while (!text.empty()) {
    const std::string_view code = own_colour(text);
    const std::size_t end = code.empty() ? std::max<std::size_t>(text.find('\x1b', 1), 1) : code.size();
    out += code.empty() ? printable(text.substr(0, end)) : std::string(code);
    text.remove_prefix(std::min(end, text.size()));
  }
  return out;
}

std::string without_place(const std::string& message, const std::string& place) {
  const std::string beginning = place + ": ";
  return message.starts_with(beginning) ? message.substr(beginning.size()) : message;
}

std::string number_text(double value, int places) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", places, value);
  return buffer.data();
}

std::string short_time(milliseconds duration) {
  const auto ms = std::max<std::int64_t>(duration.count(), 0);
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 10'000) return number_text(static_cast<double>(ms) / 1000, 1) + " s";
  if (ms < 120'000) return std::to_string(ms / 1000) + " s";
  if (ms < 2LL * 3'600'000) return std::to_string(ms / 60'000) + " min";
  if (ms < 48LL * 3'600'000) return std::to_string(ms / 3'600'000) + " h";
  return std::to_string(ms / (24LL * 3'600'000)) + " d";
}

std::string ago(SystemTime then, SystemTime now) {
  if (then == SystemTime{}) return "never";
  return now - then < seconds{1} ? "now" : span_text(then, now) + " ago";
}

std::string span_text(SystemTime from, SystemTime to) {
  const auto span = std::chrono::duration_cast<seconds>(to - from);
  if (span < seconds{1}) return "under 1 s";
  return span < seconds{10} ? std::to_string(span.count()) + " s" : short_time(span);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return number_text(value, value < 10 ? 1 : 0) + " " + kUnits.at(unit);
}

std::string money_text(double usd) {
  return number_text(usd, 2) + " USD";
}

std::string count_text(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = one_line(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::str(const Paint& paint) const {
  std::vector<std::size_t> widths;
  for (const std::string& name : heading_) widths.push_back(display_width(name));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  std::string out;
  const auto add_row = [&](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += paint(row[i].colour, row[i].text);
      if (i + 1 < row.size()) out.append(widths[i] - display_width(row[i].text) + 2, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  };
  std::vector<Cell> heading;
  for (const std::string& name : heading_) heading.push_back({name, Colour::Dim});
  add_row(heading);
  for (const auto& row : rows_) add_row(row);
  return out;
}

}  // namespace vpcp
