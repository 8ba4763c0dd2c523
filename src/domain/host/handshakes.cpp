#include "domain/host/handshakes.h"

#include <algorithm>

#include "domain/host/clock_check.h"

namespace vpcp {
namespace {

/// The host's clock and a stamp are whole seconds, and read one after the other.
constexpr seconds kRounding{2};
/// WireGuard shakes hands again after two minutes: who has to guess over more than that waits for the next.
constexpr seconds kNextHandshake{120};

/// How old the handshake was when it was first seen, in a look after an earlier one.
std::optional<seconds> age_between_looks(seconds told, seconds since_last_look) {
  if (told >= -kRounding && told <= since_last_look + kRounding) return std::max(told, seconds{0});
  if (since_last_look > kNextHandshake) return std::nullopt;
  return since_last_look;
}

/// The same in a first look.
std::optional<seconds> age_by_hosts_word(seconds told, bool clock_is_right) {
  if (!clock_is_right || told < -kRounding) return std::nullopt;
  return std::max(told, seconds{0});
}

}  // namespace

HandshakeBook note_handshakes(const std::optional<HandshakeBook>& before, const HostFacts& facts,
                              const Moment& looked) {
  HandshakeBook book{looked.steady, {}};
  if (!facts.tunnel) return book;
  for (const TunnelPeerFacts& peer : facts.tunnel->peers) {
    if (peer.latest_handshake == seconds{0}) continue;
    if (before) {
      const auto known = before->peers.find(peer.public_key);
      if (known != before->peers.end() && known->second.stamp == peer.latest_handshake) {
        book.peers.insert(*known);
        continue;
      }
    }
    const seconds told = facts.clock - peer.latest_handshake;
    const auto age = before
                         ? age_between_looks(told, std::chrono::ceil<seconds>(looked.steady - before->looked))
                         : age_by_hosts_word(told, clock_is_right(facts, looked.wall));
    HandshakeBook::Seen& seen = book.peers[peer.public_key];
    seen.stamp = peer.latest_handshake;
    if (age) seen.at = looked.steady - *age;
  }
  return book;
}

std::optional<SystemTime> last_handshake(const HandshakeBook& book, const std::string& public_key,
                                         const Moment& now) {
  const auto seen = book.peers.find(public_key);
  if (seen == book.peers.end() || !seen->second.at) return std::nullopt;
  return now.wall - std::chrono::duration_cast<SystemTime::duration>(now.steady - *seen->second.at);
}

}  // namespace vpcp
