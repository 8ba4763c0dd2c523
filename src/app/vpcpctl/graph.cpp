#include "app/vpcpctl/commands.h"
#include "views/graph_view.h"

namespace vpcp::ctl {

int graph_command(Session& session, const std::string& name, const std::string& format) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  const VpcPeering shown = Session::believable(*peering);
  if (format == "dot") return print(graph_dot(shown));
  if (format == "mermaid") return print(graph_mermaid(shown));
  return print(graph_svg(shown));
}

}  // namespace vpcp::ctl
