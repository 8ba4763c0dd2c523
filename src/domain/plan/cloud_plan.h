#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/plan/step.h"

namespace vpcp {

/// Why a lane cannot come right by itself.
struct LaneBlock {
  std::string lane;
  std::string reason;
  std::string message;
  friend bool operator==(const LaneBlock&, const LaneBlock&) = default;
};

struct CloudPlanResult {
  std::vector<Step> steps;
  std::optional<seconds> recheck_after;
  std::vector<LaneBlock> blocked;
  /// Networks collide or are not where they should be: routes would cut servers off, so nothing at all may be
  /// touched.
  bool unsafe{false};
  std::vector<std::string> waiting;  ///< "amsterdam/gateway-0: the instance is starting"
};

/// We look this long for something whose create may have been done, before we create it a second time.
inline constexpr minutes kLostCreateLimit{5};

/// The key of a create in PeeringRecord::pending; empty for other actions.
std::string pending_key(const Step& step);

/// The next safe steps towards the declared VPCs, firewall groups and instances. Order within a lane; a lane
/// ends after a create or a delete. Precondition: prepare_record() has run for this layout.
CloudPlanResult plan_cloud(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record,
                           SystemTime now);

/// Takes what the look showed into the record (ids, networks; creates that turned up), and makes a host key
/// for every host that is to be created. True when the record changed and must be saved before a step is
/// carried out.
bool prepare_record(PeeringRecord& record, const Layout& layout, SystemTime now);

/// Servers that existed before and now have another name keep their records. prepare_record() does it too.
bool follow_renames(PeeringRecord& record, const Layout& layout);

/// Notes where each gateway is. What others have to change when one has moved, or is gone for a while, is no
/// drift of theirs: the in_place marks of its peers, and of the servers that it is the next hop of, begin
/// anew. True when something changed.
bool follow_gateways(PeeringRecord& record, const Layout& layout);

/// Drops the pending marks of creates that turned up. True when the record changed.
bool settle_creates(PeeringRecord& record, const Layout& layout);

}  // namespace vpcp
