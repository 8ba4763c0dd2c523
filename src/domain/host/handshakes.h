#pragma once
#include <map>
#include <optional>
#include <string>

#include "domain/host/host_facts.h"
#include "vpcp/base/clock.h"

namespace vpcp {

/// One instant on both of the controller's clocks.
struct Moment {
  SystemTime wall;
  SteadyTime steady;
};

/// When a gateway last shook hands with its peers, as far as it is known, on the controller's steady clock. A
/// host tells of it by its wall clock as that was then, and the clock may have been set since: such a stamp
/// is held against the host's clock once, when it is first seen, and ages by the controller's from then on.
struct HandshakeBook {
  struct Seen {
    seconds stamp{0};  ///< The host's own word. Another one is another handshake, also an earlier one.
    std::optional<SteadyTime> at;  ///< Absent: it was some time before it was first seen.
  };
  SteadyTime looked{};                ///< When the last look at the host began.
  std::map<std::string, Seen> peers;  ///< By public key; only those that there was a handshake with.
};

/// The book after a look that began at `looked`. Without a book before (the controller has just started)
/// nothing tells whether the host's clock was set after a handshake: its word is taken while its clock is
/// right, else the time is not known until the next handshake, two minutes later at most. A handshake that
/// came between two looks, by a clock that was set between them, is as old as the time between the looks.
HandshakeBook note_handshakes(const std::optional<HandshakeBook>& before, const HostFacts& facts,
                              const Moment& looked);

/// Nothing: there was none, or it is not known when.
std::optional<SystemTime> last_handshake(const HandshakeBook& book, const std::string& public_key,
                                         const Moment& now);

}  // namespace vpcp
