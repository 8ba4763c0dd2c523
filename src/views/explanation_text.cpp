// An explanation as people and programs read it.
#include <algorithm>
#include <set>

#include "views/explain_view.h"

namespace vpcp {
namespace {

std::string mark_of(Tick tick, const Paint& paint) {
  switch (tick) {
    case Tick::Good:
      return paint(Colour::Green, "✓");
    case Tick::Poor:
      return paint(Colour::Yellow, "!");
    case Tick::Bad:
      return paint(Colour::Red, "✗");
    case Tick::Moving:
      return paint(Colour::Yellow, "◐");
    case Tick::Unknown:
      break;
  }
  return paint(Colour::Yellow, "?");
}

}  // namespace

std::string explanation_answer(const Explanation& explanation, TextForm form) {
  const auto result = [](Tick tick) {
    switch (tick) {
      case Tick::Good:
        return "ok";
      case Tick::Poor:
        return "poor";
      case Tick::Bad:
        return "broken";
      case Tick::Moving:
        return "moving";
      case Tick::Unknown:
        break;
    }
    return "unknown";
  };
  std::vector<AnswerFields> rows;
  for (const Finding& finding : explanation.findings) {
    rows.push_back({{"result", result(finding.tick)},
                    {"what", finding.what},
                    {"fact", finding.fact},
                    {"fix", finding.fix}});
  }
  Answer answer;
  answer.lists.emplace_back("findings", std::move(rows));
  answer.fields = {{"title", explanation.title},
                   {"brokenAt", explanation.broken_at},
                   {"conclusion", explanation.conclusion}};
  return answer_text(answer, form);
}

std::string explanation_text(const Explanation& explanation, const Paint& paint) {
  std::string out = paint(Colour::Bold, one_line(explanation.title)) + "\n\n";
  std::size_t width = 0;
  for (const Finding& finding : explanation.findings) width = std::max(width, display_width(finding.what));
  std::set<std::string> fixes;  // each is said once
  for (const Finding& finding : explanation.findings) {
    const std::string gap(width - display_width(finding.what) + 2, ' ');
    out += "  " + mark_of(finding.tick, paint) + " " + one_line(finding.what) + gap + one_line(finding.fact) +
           "\n";
    if (!finding.fix.empty() && fixes.insert(finding.fix).second)
      out += "    " + std::string(width + 2, ' ') + paint(Colour::Cyan, "→ " + one_line(finding.fix)) + "\n";
  }
  const bool all_good = std::ranges::all_of(
      explanation.findings, [](const Finding& finding) { return finding.tick == Tick::Good; });
  const Colour colour = !is_good(explanation) ? Colour::Red : all_good ? Colour::Green : Colour::Yellow;
  return out + "\n" + paint(colour, one_line(explanation.conclusion)) + "\n";
}

}  // namespace vpcp
