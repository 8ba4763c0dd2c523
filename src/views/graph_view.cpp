#include "views/graph_view.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "domain/desired/topology.h"
#include "views/status_view.h"

namespace vpcp {
namespace {

struct Node {
  std::string name;
  std::string detail;  ///< "ams 172.16.1.0/24"
  std::string servers;
};
struct Link {
  std::size_t from{0};
  std::size_t to{0};
  EdgeHealth health{EdgeHealth::Unknown};
  std::string label;
};
struct Graph {
  std::vector<Node> nodes;
  std::vector<Link> links;
};

Node node_of(const VpcPeering& peering, const SiteSpec& site) {
  Node node{site.name, site.region, ""};
  if (site.vpc.cidr) node.detail += " " + site.vpc.cidr->str();
  const auto status = std::ranges::find(peering.status.sites, site.name, &SiteStatus::name);
  const auto total = status == peering.status.sites.end() ? site.servers.size()
                                                          : static_cast<std::size_t>(status->servers.total);
  node.servers = count_text(total, "server");
  if (status != peering.status.sites.end() && status->servers.routed != status->servers.total)
    node.servers += ", " + std::to_string(status->servers.routed) + " routed";
  return node;
}

Graph graph_of(const VpcPeering& peering) {
  Graph graph;
  for (const SiteSpec& site : peering.spec.sites) graph.nodes.push_back(node_of(peering, site));
  const auto index = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(graph.nodes, name, &Node::name) - graph.nodes.begin());
  };
  for (const SitePair& pair : edges(peering.spec)) {
    Link link{index(pair.first), index(pair.second), EdgeHealth::Unknown, ""};
    for (const EdgeStatus& edge : peering.status.edges) {
      if (site_pair(edge.from, edge.to) != pair) continue;
      link.health = edge.health;
      if (edge.health == EdgeHealth::Down) {
        link.label = edge.reason;
      } else if (edge.rtt_millis) {
        link.label = number_text(*edge.rtt_millis, 0) + " ms";
      }
      if (edge.loss_percent && *edge.loss_percent >= 0.5)
        link.label += (link.label.empty() ? "" : ", ") + number_text(*edge.loss_percent, 0) + " % lost";
    }
    graph.links.push_back(std::move(link));
  }
  return graph;
}

struct Stroke {
  const char* colour;
  const char* dash;  ///< Told apart without colours, too.
};
Stroke stroke_of(EdgeHealth health) {
  switch (health) {
    case EdgeHealth::Up:
      return {"#2e9e4f", ""};
    case EdgeHealth::Degraded:
      return {"#d18b00", "8 3"};
    case EdgeHealth::Down:
      return {"#d43c3c", "2 4"};
    case EdgeHealth::Unknown:
      return {"#888888", "5 5"};
  }
  return {"#888888", ""};
}

std::string replaced(const std::string& text, char what, const std::string& by) {
  std::string out;
  for (const char c : text) out += c == what ? by : std::string(1, c);
  return out;
}
std::string dot_text(const std::string& text) {
  return "\"" + replaced(replaced(one_line(text), '\\', "\\\\"), '"', "\\\"") + "\"";
}
std::string mermaid_text(const std::string& text) {
  return "\"" + replaced(one_line(text), '"', "#quot;") + "\"";
}
std::string xml_text(const std::string& text) {
  return replaced(replaced(replaced(replaced(one_line(text), '&', "&amp;"), '<', "&lt;"), '>', "&gt;"), '"',
                  "&quot;");
}
std::string px(double value) {
  return number_text(value, 1);
}

constexpr double kBoxWidth = 190;
constexpr double kBoxHeight = 66;

struct Point {
  double x{0};
  double y{0};
};

/// On a circle wide enough that no two boxes touch.
std::vector<Point> places(std::size_t count) {
  const double around = static_cast<double>(std::max<std::size_t>(count, 2));
  const double radius = std::max(170.0, around * (kBoxWidth + 30) / (2 * std::numbers::pi));
  std::vector<Point> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle = std::numbers::pi + 2 * std::numbers::pi * static_cast<double>(i) / around;
    out.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  return out;
}

std::string svg_link(const Link& link, const std::vector<Point>& at) {
  const Point& a = at[link.from];
  const Point& b = at[link.to];
  const Stroke stroke = stroke_of(link.health);
  std::string out = "  <line x1=\"" + px(a.x) + "\" y1=\"" + px(a.y) + "\" x2=\"" + px(b.x) + "\" y2=\"" +
                    px(b.y) + "\" stroke=\"" + stroke.colour + "\" stroke-width=\"3\"";
  if (*stroke.dash != '\0') out += std::string(" stroke-dasharray=\"") + stroke.dash + "\"";
  out += "/>\n";
  if (link.label.empty()) return out;
  return out + "  <text class=\"edge\" x=\"" + px((a.x + b.x) / 2) + "\" y=\"" + px((a.y + b.y) / 2 - 8) +
         "\" fill=\"" + stroke.colour + "\">" + xml_text(link.label) + "</text>\n";
}

std::string svg_node(const Node& node, const Point& at) {
  const auto text = [&](double dy, const char* style, const std::string& what) {
    return std::string("    <text class=\"") + style + "\" x=\"" + px(at.x) + "\" y=\"" + px(at.y + dy) +
           "\">" + xml_text(what) + "</text>\n";
  };
  return "  <g>\n    <rect x=\"" + px(at.x - kBoxWidth / 2) + "\" y=\"" + px(at.y - kBoxHeight / 2) +
         "\" width=\"" + px(kBoxWidth) + "\" height=\"" + px(kBoxHeight) + "\" rx=\"10\"/>\n" +
         text(-12, "name", node.name) + text(7, "detail", node.detail) + text(24, "detail", node.servers) +
         "  </g>\n";
}

}  // namespace

std::string graph_dot(const VpcPeering& peering) {
  const Graph graph = graph_of(peering);
  std::string out = "graph " + dot_text(peering.meta.key().str()) + " {\n";
  out += "  node [shape=box style=rounded fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n";
  for (const Node& node : graph.nodes) {
    // "\n" is dot's own line break.
    std::string label = dot_text(node.name);
    label.pop_back();
    for (const std::string& line : {node.detail, node.servers}) {
      const std::string quoted = dot_text(line);
      label += "\\n" + quoted.substr(1, quoted.size() - 2);
    }
    out += "  " + dot_text(node.name) + " [label=" + label + "\"];\n";
  }
  for (const Link& link : graph.links) {
    const Stroke stroke = stroke_of(link.health);
    out += "  " + dot_text(graph.nodes[link.from].name) + " -- " + dot_text(graph.nodes[link.to].name) +
           " [color=\"" + stroke.colour + "\" penwidth=2" +
           (link.health == EdgeHealth::Up ? "" : " style=dashed") + " label=" + dot_text(link.label) + "];\n";
  }
  return out + "}\n";
}

std::string graph_mermaid(const VpcPeering& peering) {
  const Graph graph = graph_of(peering);
  std::string out = "graph LR\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    out += "  s" + std::to_string(i) + "[" +
           mermaid_text(node.name + "<br>" + node.detail + "<br>" + node.servers) + "]\n";
  }
  std::string styles;
  for (std::size_t i = 0; i < graph.links.size(); ++i) {
    const Link& link = graph.links[i];
    const std::string line = link.health == EdgeHealth::Up ? "---" : "-.-";
    out += "  s" + std::to_string(link.from) + " " + line +
           (link.label.empty() ? "" : "|" + mermaid_text(link.label) + "|") + " s" + std::to_string(link.to) +
           "\n";
    styles += "  linkStyle " + std::to_string(i) + " stroke:" + stroke_of(link.health).colour + "\n";
  }
  return out + styles;
}

std::string graph_svg(const VpcPeering& peering) {
  const Graph graph = graph_of(peering);
  const std::vector<Point> at = places(graph.nodes.size());
  Point low;
  Point high;
  for (const Point& point : at) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  const double margin = 20;
  const double width = high.x - low.x + kBoxWidth + 2 * margin;
  const double height = high.y - low.y + kBoxHeight + 2 * margin;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"" + px(width) +
                    "\" height=\"" + px(height) + "\" viewBox=\"" + px(low.x - kBoxWidth / 2 - margin) + " " +
                    px(low.y - kBoxHeight / 2 - margin) + " " + px(width) + " " + px(height) + "\">\n";
  out += "  <title>" + xml_text(peering.meta.key().str()) + "</title>\n";
  out +=
      "  <style>text{font-family:sans-serif;text-anchor:middle;font-size:13px}.name{font-weight:bold;"
      "font-size:15px;fill:#1a1a1a}.detail{fill:#444}.edge{font-weight:bold}"
      "rect{fill:#fff;stroke:#667}</style>\n";
  for (const Link& link : graph.links) out += svg_link(link, at);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) out += svg_node(graph.nodes[i], at[i]);
  return out + "</svg>\n";
}

}  // namespace vpcp
