// What others wrote is shown, and moves no cursor.
#include <algorithm>

#include "views/explain_view.h"
#include "views/ledger_view.h"
#include "views/samples.h"

namespace vpcp::testing {
namespace {

/// Everything that others may have written into an object and its status.
VpcPeering with_escapes() {
  const std::string evil = "\x1b[2J\x1b[31m\x07\xc2\x9b";
  VpcPeering peering = tcp_dropped();
  peering.meta.name += evil;
  for (Condition& condition : peering.status.conditions) {
    if (condition.type != condition::kReady) condition.type += evil;
    condition.reason += evil;
    condition.message += evil + "\n";
  }
  for (SiteSpec& site : peering.spec.sites) site.region += evil;
  for (SiteStatus& site : peering.status.sites) site.name += evil;
  for (EdgeStatus& edge : peering.status.edges)
    for (std::string* text : {&edge.from, &edge.to, &edge.reason, &edge.hop}) *text += evil;
  peering.status.unhealthy_servers = {{"amsterdam" + evil, "app" + evil, "Reason" + evil, "message" + evil}};
  peering.status.drift.assign(1, {});
  DriftEntry& drift = peering.status.drift.front();
  for (std::string* text : {&drift.what, &drift.where, &drift.detail, &drift.expected, &drift.note})
    *text = "text" + evil;
  peering.status.plan = {{"lane" + evil, "action" + evil, "why" + evil}};
  return peering;
}

/// Without our own colours no control character but the ends of lines is left.
void expect_printable(std::string text) {
  for (const std::string code : {"0", "1", "2", "31", "32", "33", "36"})
    for (std::size_t at = 0; (at = text.find("\x1b[" + code + "m")) != std::string::npos;)
      text.erase(at, code.size() + 3);
  EXPECT_TRUE(std::ranges::none_of(text, [](char c) {
    return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f;
  })) << text;
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos) << text;
}

TEST(Views, ShowWhatOthersWroteWithoutItsControlCharacters) {
  const VpcPeering peering = with_escapes();
  const std::string evil = "\x1b]0;t\x07";
  const std::vector<EventLine> events{
      {kNow, {"network", "x" + evil}, true, "Reason" + evil, "note" + evil, 1}};
  const Explanation explanation{
      "title" + evil, {{Tick::Bad, "what" + evil, "fact" + evil, "fix" + evil}}, evil, evil};
  for (const ViewStyle& style : {plain(), ViewStyle{Paint(true), kNow}}) {
    expect_printable(status_tree(peering, style));
    for (const Width width : {Width::Narrow, Width::Wide}) {
      expect_printable(status_table({peering}, width, Namespaces::Shown, style));
      expect_printable(drift_table(peering, width, style));
      expect_printable(event_table(events, width, style));
    }
    expect_printable(explanation_text(explanation, style.paint));
    expect_printable(explanation_text(explain_readiness(peering, {}, kNow), style.paint));
  }
  EXPECT_NE(status_tree(peering, {Paint(true), kNow}).find("\x1b[31m"), std::string::npos) << "ours stay";
  EXPECT_NE(event_table(events, Width::Narrow, plain()).find("Reason?]0;t?"), std::string::npos);
}

TEST(Paint, KeepsOnlyTheColoursThatAreOurs) {
  const Paint paint(true);
  EXPECT_EQ(printable(paint(Colour::Red, "a\x1b[31mb") + "\x1b[5mc\x1b[3\nd", paint),
            "\x1b[31ma?[31mb\x1b[0m?[5mc?[3\nd");
  EXPECT_EQ(printable("\x1b[31ma", Paint(false)), "?[31ma");
}

}  // namespace
}  // namespace vpcp::testing
