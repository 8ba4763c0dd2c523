#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/record.h"
#include "domain/status/path_mtu.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The reason of an edge that is Degraded for nothing but the size of its packets.
inline constexpr const char* kMtuTooSmall = "MtuTooSmall";

/// What one probe was meant to show.
enum class ProbePath {
  Gateways,
  Servers
};                                       ///< WireGuard address to WireGuard address; server to the far VPC.
enum class ProbeProtocol { Icmp, Tcp };  ///< Both: a firewall that drops forwarded TCP lets pings pass.

struct ProbeClass {
  std::string from_site;
  ProbePath path{ProbePath::Gateways};
  ProbeProtocol protocol{ProbeProtocol::Icmp};
  friend auto operator<=>(const ProbeClass&, const ProbeClass&) = default;
};

/// What one host saw of one target in one round: a burst of pings, or connections.
struct ProbeObservation {
  SitePair edge;
  ProbeClass what;
  std::string from_lane;  ///< The host that probed.
  bool looked{false};     ///< False: the host could not be asked. That is not a loss.
  int sent{0};
  int answered{0};
  std::optional<double> millis;         ///< Mean round-trip time, of ICMP.
  std::optional<double> jitter_millis;  ///< Mean deviation of it.
  bool being_made{false};             ///< The host was not set up yet: that it cannot be asked says nothing.
  Ipv4 target{};                      ///< Whom it probed: gateways and servers take turns as targets.
  std::chrono::milliseconds took{0};  ///< From the question to the report: what it answers may be as old.
};

/// Probes in a row that must be lost before a path counts as dead: pings and TCP of one direction together
/// when both fail, else those of one kind. A link that loses 5 % each way loses so many once in a hundred
/// million bursts.
inline constexpr int kLostToDown = 8;
/// Answers that a dead path must give before it counts as alive, unless a whole burst is answered: a path
/// that lets one packet of ten through does not flap.
inline constexpr int kAnsweredToUp = 3;
/// Bursts over the limit before an edge is Degraded by its round-trip time, and within it before it is not.
inline constexpr int kBurstsToDegraded = 3;

/// Over which an edge is Degraded.
struct EdgeThresholds {
  double loss_percent{20};
  double rtt_millis{1000};
};

/// When an edge is worse than Up, and how old what was seen may be.
struct EdgeLimits {
  EdgeThresholds usual;
  std::map<SitePair, EdgeThresholds> own;  ///< Of the edges that have thresholds of their own.
  seconds interval{10};
  [[nodiscard]] const EdgeThresholds& of(const SitePair& edge) const;
  /// One interval between rounds, one for the round itself, and time for probes to run into the void.
  [[nodiscard]] seconds stale_after() const { return 2 * interval + seconds{4}; }
};
EdgeLimits edge_limits(const PeeringSpec& spec);

/// Of a class, who probed whom: a server that answers nobody must not make an edge look dead.
struct ProbeEnds {
  std::string from_lane;
  Ipv4 target;
  friend auto operator<=>(const ProbeEnds&, const ProbeEnds&) = default;
};

/// What the probes of one class from one host to one target have met so far.
struct Evidence {
  int lost_in_a_row{0};
  int answers{0};      ///< Since it failed.
  bool failed{false};  ///< kLostToDown were lost, and not yet kAnsweredToUp answered.
  SystemTime meant{};  ///< When it was last part of a round.
  SystemTime asked{};  ///< When its host could last be asked.
  SystemTime answered{};
};

/// Which classes of an edge fail: what tells where it broke.
struct EdgeSymptoms {
  bool gateway_ping{false};
  bool gateway_tcp{false};
  bool server_ping{false};
  bool server_tcp{false};
  friend bool operator==(const EdgeSymptoms&, const EdgeSymptoms&) = default;
  [[nodiscard]] bool any() const { return *this != EdgeSymptoms{}; }
  [[nodiscard]] bool gateways() const { return gateway_ping || gateway_tcp; }
};

/// One burst, for the loss of the last ones.
struct BurstLoss {
  int sent{0};
  int lost{0};
};

/// What is remembered of an edge between rounds.
struct EdgeBook {
  EdgeStatus status;
  std::map<ProbeClass, std::map<ProbeEnds, Evidence>> evidence;
  std::map<std::string, std::vector<BurstLoss>> bursts;  ///< By sending site; bounded, oldest first.
  int rtt_strain{0};                                     ///< Counts up over the limit, down within.
  EdgeSymptoms symptoms;
  std::set<std::string> expected;  ///< Sites whose gateway has been set up: one that is silent is missed.
  SystemTime last_crossed{};       ///< Packets have crossed both ways by every class since then.
  bool narrow{false};              ///< Not every packet that a gateway may send crosses: note_paths().

  /// Some probe was lost that nothing has answered since, or the edge is Down: worth a closer look.
  [[nodiscard]] bool in_doubt() const;
};

/// Where an edge is broken. `hop` is one of few words; when two hops would look the same it names both.
struct Diagnosis {
  std::string hop;
  std::string reason;  ///< CamelCase.
  std::string at;      ///< The site of the end, or "ams to blr" of a direction; empty: not known.
  friend bool operator==(const Diagnosis&, const Diagnosis&) = default;
};

/// What a look at a host has found that stops an edge for certain, and when.
struct EdgeBreak {
  Diagnosis where;
  SystemTime found;
};
using EdgeBreaks = std::map<SitePair, EdgeBreak>;

/// What is remembered of a server's own traffic.
struct ServerEvidence {
  int lost_in_a_row{0};  ///< Of all that it sent.
  SystemTime meant{};
};

/// What is remembered of one peering's traffic.
struct TrafficBook {
  std::map<SitePair, EdgeBook> edges;
  std::map<std::string, ServerEvidence> servers;  ///< By lane.

  /// False: nothing that the server sends is answered.
  [[nodiscard]] bool carries_traffic(const std::string& lane) const;
};

/// The book after what some hosts saw: a whole round, or the report of one host, or nothing at all, for then
/// what was seen gets older. Edges that are not in `edges` are dropped; of those that were not probed this
/// time the evidence stays as it was.
///
/// Down: a path is dead in a direction (kLostToDown; a class of server probes when it is dead for every
/// server of the site that could be asked lately, and to every target of theirs). Unknown: one side could not
/// be asked for EdgeLimits::stale_after and nothing is known to be dead (NotProbedYet while its gateway is
/// still being made, GatewayNotReachable later). Degraded: loss or round-trip time over its limit, or one
/// direction much worse than the other. Up: everything else, lost probes included.
TrafficBook judge_round(TrafficBook before, const std::vector<SitePair>& edges,
                        const std::vector<ProbeObservation>& round, const EdgeLimits& limits, SystemTime now);

/// The same for the edges that the report tells of; others are left as they are.
void judge_report(TrafficBook& book, const std::vector<ProbeObservation>& report, const EdgeLimits& limits,
                  SystemTime now);

/// Puts what was measured of the ways into the edges: the smaller one of both directions. An edge of which
/// nothing is known stays as it was.
void note_paths(TrafficBook& book, const PathsFound& found);

/// An edge that was found to be broken is Down, before any probe was lost, until all its paths have answered
/// since. Returns those of which that is still to come.
EdgeBreaks note_breaks(TrafficBook& book, const EdgeBreaks& breaks, const EdgeLimits& limits, SystemTime now);

/// What outlives the process: how much of the last 24 hours edges were up, and what they carry. Only for
/// edges not yet in the book.
void recall(TrafficBook& book, const std::vector<EdgeStatus>& kept);

const char* to_string(EdgeHealth health);

}  // namespace vpcp
