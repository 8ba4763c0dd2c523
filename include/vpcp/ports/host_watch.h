#pragma once
#include <map>
#include <string>
#include <string_view>

#include "vpcp/api/host.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// Follows what hosts tell by themselves: one command on each that never ends, and whose lines are handed on
/// as they come. It only looks; nothing is changed on a host, and nothing stays there when it ends.
///
/// - A stream that ends, cannot be opened, or is silent for 15 s is opened again, with growing pauses.
/// - The command is sent an empty line every few seconds, so that it can tell when nobody listens any more.
/// - Host keys are checked as by HostShell: before anything is sent.
///
/// Thread-safe.
class HostWatch {
 public:
  /// Of a stream, chosen by who follows. It stands for one target: another login or command needs another id.
  using Id = std::string;

  struct Target {
    HostLogin login;
    Command command;  ///< Without input; its limit plays no part.
  };

  /// Who is told. Called on threads of the watch, one call at a time for each stream; must not wait, and must
  /// not call follow().
  class Listener {
   public:
    virtual ~Listener() = default;
    /// Without its end; at most kLongestLine bytes, what is beyond them is dropped.
    virtual void on_line(const Id& id, std::string_view line) = 0;
    /// Nothing is heard from now on, until the next line. Errors: as HostShell, and Transient "StreamSilent",
    /// "StreamEnded". Also told of each attempt that fails.
    virtual void on_end(const Id& id, const Error& why) = 0;
  };

  virtual ~HostWatch() = default;

  /// From now on exactly these are followed. A call to the listener that is on its way may still come.
  virtual void follow(std::map<Id, Target> targets) = 0;
};

inline constexpr std::size_t kLongestLine = 4096;

}  // namespace vpcp
