#include "views/diff.h"

#include <algorithm>
#include <vector>

namespace vpcp {
namespace {

constexpr std::size_t kContext = 3;
/// Beyond this the whole is shown as replaced: the table of a comparison grows with the square.
constexpr std::size_t kMostLines = 1500;

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

struct Edit {
  char sign;  ///< ' ', '-' or '+'.
  const std::string* line;
};

/// By the longest common subsequence.
std::vector<Edit> edits_between(const Lines& a, const Lines& b) {
  std::vector<Edit> out;
  if (a.size() > kMostLines || b.size() > kMostLines) {
    for (const std::string& line : a) out.push_back({'-', &line});
    for (const std::string& line : b) out.push_back({'+', &line});
    return out;
  }
  std::vector<std::vector<std::uint16_t>> common(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] = a[i] == b[j] ? static_cast<std::uint16_t>(common[i + 1][j + 1] + 1)
                                  : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out.push_back({' ', &a[i++]});
      ++j;
    } else if (j >= b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      out.push_back({'-', &a[i++]});
    } else {
      out.push_back({'+', &b[j++]});
    }
  }
  return out;
}

std::string range_text(std::size_t start, std::size_t count) {
  return std::to_string(count == 0 ? start : start + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

/// Changes that are at most twice the context apart stand in one hunk.
std::string hunks_of(const std::vector<Edit>& edits) {
  std::string out;
  std::size_t at = 0;
  std::size_t a = 0;  // lines of each side before `at`
  std::size_t b = 0;
  const auto is_change = [&](std::size_t i) { return edits[i].sign != ' '; };
  while (at < edits.size()) {
    std::size_t first = at;
    while (first < edits.size() && !is_change(first)) ++first;
    if (first == edits.size()) break;
    const std::size_t begin = std::max(at, first - std::min(first, kContext));
    std::size_t end = first + 1;
    for (std::size_t i = first; i < edits.size() && i <= end + 2 * kContext; ++i) {
      if (is_change(i)) end = i + 1;
    }
    end = std::min(end + kContext, edits.size());
    a += begin - at;
    b += begin - at;
    std::size_t of_a = 0;
    std::size_t of_b = 0;
    std::string body;
    for (std::size_t i = begin; i < end; ++i) {
      of_a += edits[i].sign != '+' ? 1 : 0;
      of_b += edits[i].sign != '-' ? 1 : 0;
      body += edits[i].sign + *edits[i].line + "\n";
    }
    out += "@@ -" + range_text(a, of_a) + " +" + range_text(b, of_b) + " @@\n" + body;
    a += of_a;
    b += of_b;
    at = end;
  }
  return out;
}

}  // namespace

std::string unified_diff(const std::string& name, const std::optional<std::string>& before,
                         const std::optional<std::string>& after) {
  if (before == after) return "";
  const Lines a = lines_of(before.value_or(""));
  const Lines b = lines_of(after.value_or(""));
  return "--- " + (before ? name : "/dev/null") + "\n+++ " + (after ? name : "/dev/null") + "\n" +
         hunks_of(edits_between(a, b));
}

}  // namespace vpcp
