#pragma once
#include <optional>
#include <string_view>

#include "vpcp/api/host.h"

namespace vpcp {

/// What changed on a host, as far as its stream tells. A hint to look there, never a fact to act on.
enum class HintKind { Network, Tunnel, Unit, File, Kernel, Firewall };
const char* to_string(HintKind kind);

/// vpcp-watch: prints a line for every change of the host, and one every 10 s that it lives. Ends by itself
/// when its input ends or is silent for 30 s. About 0.4 % of a core and 1 MiB of the host; leaves nothing
/// there.
Command watch_command();

/// A line of its output.
struct StreamLine {
  enum class What { Alive, Changed, Foreign };
  What what{What::Foreign};
  std::optional<HintKind> hint;  ///< With Changed.
  friend bool operator==(const StreamLine&, const StreamLine&) = default;
};
/// Any bytes may come: what the script does not write is Foreign.
StreamLine parse_stream_line(std::string_view line);

}  // namespace vpcp
