#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// A command for a host: an argument vector, quoted in one place (shell_line), with what goes to its standard
/// input. Secrets travel only there.
struct Command {
  std::vector<std::string> argv;
  Secret input;       ///< Written to standard input, which is then closed.
  seconds limit{30};  ///< Its deadline on the host's side of the connection.
  /// The reign under which it is sent: the host finds it as VPCP_REIGN in the command's environment.
  std::optional<std::int64_t> reign{};
  /// It takes its time and changes nothing, so that others on the host need not wait for it (nor it for
  /// them).
  bool aside{false};

  [[nodiscard]] Command with_input(Secret bytes) const;
  [[nodiscard]] Command with_limit(seconds s) const;
};

/// The command as one POSIX shell line: every argument quoted.
std::string shell_line(const Command& command);

struct CommandOutput {
  int exit_status{-1};  ///< As of wait(2); -1 when the command was ended by a signal.
  std::string out;
  std::string err;
};

/// An SSH host key as in known_hosts: "ssh-ed25519 AAAA…" without comment.
using HostKeyLine = std::string;

/// How to reach a host and how to know that it is the one.
struct HostLogin {
  std::string name;  ///< For logs and errors: "amsterdam/gateway-0".
  Ipv4 address;
  std::uint16_t port{22};
  std::string user{"root"};
  Secret private_key;               ///< OpenSSH, PKCS#8 or PEM text, not encrypted.
  std::vector<HostKeyLine> pinned;  ///< Any of these is accepted (two while a key is being changed).
  bool trust_first_use{false};      ///< Only with `pinned` empty: accept and report the key.
  /// Not 0: over a connection that no other number has used, so a new one for a new number.
  std::uint64_t connection{0};
  std::shared_ptr<const HostLogin> jump;  ///< Reached through this host by a direct-tcpip channel.
};

}  // namespace vpcp
