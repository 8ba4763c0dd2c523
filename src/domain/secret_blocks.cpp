#include "domain/secret_blocks.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "domain/announced_secrets.h"
#include "domain/letters.h"

namespace vpcp {
namespace {

constexpr std::string_view kBegin = "-----BEGIN";
constexpr std::string_view kEnd = "-----END";
constexpr std::string_view kDashes = "-----";

/// With their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end == text.npos ? end : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

/// The last word of a line of a block, without the quotes, commas and "\n" behind it.
std::string without_last_word(std::string_view line) {
  std::size_t end = line.size();
  while (end > 0 && !is_base64(line[end - 1])) --end;
  if (end > 1 && line[end - 1] == 'n' && line[end - 2] == '\\') {
    do --end;
    while (end > 0 && !is_base64(line[end - 1]));
  }
  std::size_t begin = end;
  while (begin > 0 && is_base64(line[begin - 1])) --begin;
  if (begin == end) return std::string(line);
  return std::string(line.substr(0, begin)).append(kHiddenSecret).append(line.substr(end));
}

/// Blocks that go over lines with a string each.
std::string without_quoted_pem(std::string_view text) {
  constexpr std::size_t kMostLines = 200;  // an RSA key of 16384 bits
  std::string out;
  std::vector<std::string_view> block;  // the lines since one with a beginning and no end
  const auto put_block = [&] {
    for (const std::string_view line : block) out += line;
    block.clear();
  };
  for (const std::string_view line : lines_of(text)) {
    const std::size_t begin = line.rfind(kBegin);
    const std::size_t end = line.find(kEnd);
    if (!block.empty() && end != line.npos && (begin == line.npos || end < begin)) {
      out += block.front();
      for (std::size_t i = 1; i < block.size(); ++i) out += without_last_word(block[i]);
      block.clear();
    }
    const bool begins =
        begin != line.npos && line.find(kEnd, begin) == line.npos && line.find('"', begin) != line.npos;
    if (begins || block.size() > kMostLines) put_block();
    if (begins || !block.empty())
      block.push_back(line);
    else
      out += line;
  }
  put_block();
  return out;
}

/// A line that ends with the name of something secret, and what says that its value is below it.
struct Opening {
  enum class Form { Plain, Text, List, String };
  Form form{Form::Plain};
  std::size_t column{0};   ///< Of the name.
  bool is_indented{true};  ///< Only spaces and the dashes of lists are before it.
  std::string_view before;
  char mark{0};  ///< Of a string: its quote.
};

void trim_end(std::string_view& text, std::string_view of = " \t\r\n") {
  while (!text.empty() && of.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
}

void set_before(Opening& opening, std::string_view before) {
  opening.before = before;
  opening.column = before.size();
  opening.is_indented = before.find_first_not_of(" -") == before.npos;
}

/// The opening of the name at the end of the line, if it is one of something secret.
std::optional<Opening> of_name(Opening out, std::string_view line) {
  trim_end(line, " \"'");
  std::size_t begin = line.size();
  while (begin > 0 && is_base64url(line[begin - 1])) --begin;
  const std::string_view name = line.substr(begin);
  if (name.empty() || !names_secret(name)) return std::nullopt;
  if (begin > 0 && (line[begin - 1] == '"' || line[begin - 1] == '\'')) --begin;
  set_before(out, line.substr(0, begin));
  return out;
}

std::optional<Opening> opening_of(std::string_view line) {
  Opening out;
  trim_end(line);
  std::string_view head = line;
  trim_end(head, "0123456789+-");
  if (head.ends_with('|') || head.ends_with('>')) out.form = Opening::Form::Text;
  if (line.ends_with('[')) out.form = Opening::Form::List;
  if (out.form == Opening::Form::Text) line = head;
  if (out.form != Opening::Form::Plain) line.remove_suffix(1);
  trim_end(line);
  if (!line.ends_with(':')) return std::nullopt;
  line.remove_suffix(1);
  return of_name(out, line);
}

/// The last quote that is none of the text: \" with an odd number of backslashes, and '' of YAML.
std::size_t rfind_quote(std::string_view line, char mark) {
  for (std::size_t quote = line.rfind(mark); quote != line.npos; quote = line.rfind(mark)) {
    line = line.substr(0, quote);
    if (mark == '\'' && line.ends_with(mark))
      line.remove_suffix(1);
    else if (mark == '\'' || (quote - (line.find_last_not_of('\\') + 1)) % 2 == 0)
      return quote;
  }
  return line.npos;
}

/// name: "VALUE, or name='VALUE, without the quote's end.
std::optional<Opening> opening_of_string(std::string_view line, char mark) {
  const std::size_t quote = rfind_quote(line, mark);
  if (quote == line.npos) return std::nullopt;
  line = line.substr(0, quote);
  trim_end(line, " ");
  if (!line.ends_with(':') && !line.ends_with('=')) return std::nullopt;
  // Of `msg="no token: "` the last quote is an end.
  const auto is_odd = [&](char c) { return std::ranges::count(line, c) % 2 != 0; };
  if (is_odd('"') || (mark == '\'' && is_odd('\''))) return std::nullopt;
  line.remove_suffix(1);
  Opening out;
  out.form = Opening::Form::String;
  out.mark = mark;
  return of_name(out, line);
}

/// The usual style of YAML: "- " in the column of the name.
bool is_entry_beside(const Opening& opening, std::string_view line) {
  return opening.form == Opening::Form::Plain && opening.is_indented &&
         line.find_first_not_of(' ') == opening.column && line.substr(opening.column).starts_with("- ");
}

/// Below a line with something before it, what is deeper by two columns; a sentence has no two spaces.
bool is_below(const Opening& opening, std::string_view line) {
  if (line.find_first_not_of(" \t\r\n") == line.npos) return true;
  const std::size_t begin = opening.is_indented ? 0 : opening.column;
  const std::size_t end = opening.column + (opening.is_indented ? 1 : 2);
  if (line.size() > end && line.substr(begin, end - begin).find_first_not_of(' ') == line.npos) return true;
  return is_entry_beside(opening, line);
}

/// Where the quote is that is none of the text: "\"" has a backslash before it, and "''" of YAML stands for
/// one.
std::size_t find_quote(std::string_view text, char mark) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_of_text =
        mark == '"' ? text[i] == '\\' : text[i] == mark && text.substr(i + 1).starts_with(mark);
    if (is_of_text)
      ++i;
    else if (text[i] == mark)
      return i;
  }
  return text.npos;
}

/// What is in quotes is a name only with a colon behind it; of a list of JSON, nothing else is one.
bool has_names(const Opening& opening, std::string_view value) {
  if (value.starts_with('"') || value.starts_with('\'')) {
    const std::size_t end = find_quote(value.substr(1), value.front());
    if (end == value.npos) return false;
    const std::string_view behind = value.substr(end + 2);
    return behind.substr(std::min(behind.find_first_not_of(' '), behind.size())).starts_with(':');
  }
  return opening.form == Opening::Form::Plain && (value.ends_with(':') || value.find(": ") != value.npos);
}

/// "- " of a list's entry stays, and so do the quotes and commas of JSON.
std::string without_value(const Opening& opening, std::string_view line) {
  std::size_t begin = line.find_first_not_of(' ', opening.column);
  if (begin == line.npos) return std::string(line);
  std::string_view value = line.substr(begin);
  trim_end(value);
  const std::string_view tail = line.substr(begin + value.size());
  if (value.empty()) return std::string(line);
  if (opening.form != Opening::Form::Text) {
    if (value.starts_with("- ")) begin += 2, value.remove_prefix(2);
    if (has_names(opening, value) || value.find_first_of("{}[]") == 0) return std::string(line);
  }
  const bool is_of_json = opening.form == Opening::Form::List;
  const std::string_view quote = is_of_json ? "\"" : "";
  const std::string_view comma = is_of_json && value.ends_with(',') ? "," : "";
  return std::string(line.substr(0, begin))
      .append(quote)
      .append(kHiddenSecret)
      .append(quote)
      .append(comma)
      .append(tail);
}

/// A quote that begins something has it right behind it.
bool ends_string(std::string_view behind) {
  return behind.empty() || std::string_view(" \t,;)}]").find(behind.front()) != behind.npos;
}

/// How many of the lines are still of the string. One that is not below the name is so only before an end
/// that is clear: a line that is cut off has a quote without an end, too.
std::size_t lines_of_string(const Opening& opening, std::span<const std::string_view> lines) {
  constexpr std::size_t kMostLines = 50;
  std::size_t below = 0;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    const bool is_next = below == i && is_below(opening, lines[i]);
    std::string_view line = lines[i];
    trim_end(line);
    const std::size_t quote = find_quote(line, opening.mark);
    if (quote != line.npos) return is_next || ends_string(line.substr(quote + 1)) ? i + 1 : below;
    if (is_next) ++below;
  }
  return below;
}

/// Does a name before the place say that what is behind it is secret?
bool is_announced_before(std::string_view line, std::size_t at) {
  return !without_announced(line).ends_with(without_announced(line.substr(at)));
}

/// What has the same before it keeps it. If a name would go and its value stay, both go: the quote can be
/// the beginning of another string, too.
std::string without_part_of_string(const Opening& opening, std::string_view line) {
  const bool is_beside = line.starts_with(opening.before) || (opening.is_indented && is_below(opening, line));
  const std::size_t begin = line.find_first_not_of(" \t\r\n", is_beside ? opening.column : 0);
  if (begin == line.npos) return std::string(line);
  std::string_view value = line.substr(begin);
  value = value.substr(0, find_quote(value, opening.mark));
  if (is_announced_before(line, begin + value.size())) value = line.substr(begin);
  trim_end(value);
  if (value.empty()) return std::string(line);
  return std::string(line.substr(0, begin)).append(kHiddenSecret).append(line.substr(begin + value.size()));
}

std::optional<Opening> opening_of_any_string(std::string_view line) {
  const auto opening = opening_of_string(line, '"');
  return opening ? opening : opening_of_string(line, '\'');
}

/// What the last line of a string has behind its end; the column is that of the string's name.
std::optional<Opening> opening_behind(const Opening& string, std::string_view line,
                                      std::optional<Opening> (*opening_in)(std::string_view)) {
  const std::size_t end = find_quote(line, string.mark);
  auto opening = end == line.npos ? std::nullopt : opening_in(line.substr(end + 1));
  if (opening) set_before(*opening, line.starts_with(string.before) ? string.before : std::string_view{});
  return opening;
}

}  // namespace

std::string without_pem(std::string_view whole) {
  const std::string unquoted = without_quoted_pem(whole);
  std::string_view text = unquoted;
  std::string out;
  for (std::size_t begin = text.find(kBegin); begin != text.npos; begin = text.find(kBegin)) {
    out.append(text.substr(0, begin)) += kHiddenSecret;
    text.remove_prefix(begin);
    std::size_t end = 0;  // a block that is cut off has none, or the end of its string of JSON
    while (end < text.size() && text[end] != '"' && !text.substr(end).starts_with(kEnd)) ++end;
    text.remove_prefix(end);
    if (!text.starts_with(kEnd)) continue;
    text.remove_prefix(kEnd.size());
    const std::string_view line = text.substr(0, text.find_first_of("\n\""));
    const std::size_t dashes = line.find(kDashes);
    text.remove_prefix(dashes == line.npos ? line.size() : dashes + kDashes.size());
  }
  return out.append(text);
}

std::string without_yaml_blocks(std::string_view text) {
  std::string out;
  std::optional<Opening> opening;
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (opening && is_below(*opening, lines[i])) {
      out += without_value(*opening, lines[i]);
      continue;
    }
    out += lines[i];
    opening = opening_of(lines[i]);
    // "Enter the password:" is followed by something else.
    if (opening && opening->form == Opening::Form::Plain && !opening->is_indented) opening.reset();
    auto string = opening_of_any_string(lines[i]);
    while (string) {
      std::size_t left = lines_of_string(*string, std::span(lines).subspan(i + 1));
      if (left == 0) break;
      for (; left > 0; --left) out += without_part_of_string(*string, lines[++i]);
      opening = opening_behind(*string, lines[i], opening_of);
      const auto next = opening_of_any_string(lines[i]);
      string = next ? next : opening_behind(*string, lines[i], opening_of_any_string);
    }
  }
  return out;
}

}  // namespace vpcp
