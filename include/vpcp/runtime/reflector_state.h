#pragma once
#include <optional>
#include <string>

#include "vpcp/base/clock.h"

namespace vpcp {

struct ReflectorLimits {
  milliseconds first_pause{800};      ///< After a failure; doubles each time …
  milliseconds longest_pause{15000};  ///< … up to this.
  /// A watch that the server ends sooner than this and without an event counts as a failure.
  milliseconds short_watch{1000};
};

/// Why a question to the server came to nothing.
enum class ReflectorTrouble {
  Expired,      ///< 410: the version, or the rest of the list, is no longer kept.
  Unsupported,  ///< The server does not know sendInitialEvents.
  Other,        ///< Connection, 5xx, 429, rights.
};

/// What to ask next.
struct ReflectorAsk {
  enum class Kind {
    WatchList,  ///< A watch that begins with every object (sendInitialEvents, KEP-3157).
    Page,       ///< A page of a list.
    Watch,      ///< Changes after resource_version.
  };
  Kind kind{Kind::WatchList};
  bool begins{false};              ///< The first question of a new list: what it does not name is gone.
  bool whole{false};               ///< Page: everything at once, without a limit.
  std::string continue_token{};    ///< Page: of the page before.
  std::string resource_version{};  ///< Watch.
  milliseconds pause{0};           ///< Before it is asked.
  friend bool operator==(const ReflectorAsk&, const ReflectorAsk&) = default;
};

/// PURE. How a collection of an API server is kept in step: list it, watch from the version of the list, list
/// anew when that version has expired, wait longer and longer while the server does not answer. For one
/// thread. (Kubernetes API concepts: "Efficient detection of changes", "Retrieving large results sets in
/// chunks", "Streaming lists".)
class ReflectorState {
 public:
  explicit ReflectorState(ReflectorLimits limits = {}) : limits_(limits) {}

  /// `random01` spreads the pauses of many clients.
  [[nodiscard]] ReflectorAsk next(double random01) const;

  /// A page arrived; `continue_token` is empty in the last one.
  void on_page(const std::string& resource_version, const std::string& continue_token);
  /// A watch told of an object or of its version (a bookmark).
  void on_event(const std::string& resource_version);
  /// The bookmark that ends the initial events.
  void on_initial_events_end(const std::string& resource_version);
  /// The server ended the watch in good order.
  void on_end(milliseconds after, bool had_events);
  void on_trouble(ReflectorTrouble trouble, std::optional<milliseconds> retry_after = {});

  /// Every object of one list has been told since the start.
  [[nodiscard]] bool synced() const { return synced_; }

 private:
  void begin_list();

  ReflectorLimits limits_;
  ReflectorAsk::Kind list_kind_{ReflectorAsk::Kind::WatchList};
  ReflectorAsk::Kind kind_{ReflectorAsk::Kind::WatchList};
  bool whole_{false};
  bool pages_once_{false};
  bool synced_{false};
  std::string continue_token_;
  std::string resource_version_;
  int failures_{0};
  std::optional<milliseconds> retry_after_;
};

}  // namespace vpcp
