#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/web/web_server.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/log.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::web {

/// What the pages that are open show, read from the store by a thread of its own, so that neither the server
/// nor a pass waits for it. While no page is open it does nothing. Thread-safe.
class PageModel {
 public:
  /// More pages than these are refused: each is a connection.
  static constexpr int kPages = 100;

  /// `store` outlives the model.
  PageModel(ResourceStore& store, std::string version, Log log);
  ~PageModel();

  /// The events "overview" and "peering" of one page, or nullptr when too many are open. It shows `wanted`,
  /// and the first object when that is absent. Must not outlive the model.
  std::unique_ptr<EventFeed> open(const std::optional<ObjectKey>& wanted);

 private:
  class PageFeed;
  struct Shown {
    int pages{0};
    VpcPeering object;
    Text event;  ///< Framed; nullptr before the first look.
  };
  struct State {
    int pages{0};
    bool look_now{false};
    Text overview;                     ///< Framed.
    std::map<ObjectKey, Shown> shown;  ///< What pages are open for; a key without name: the first object.
  };

  void run(const std::stop_token& stop);
  void look(const Context& ctx);
  void take(std::vector<VpcPeering> objects);
  void close(const ObjectKey& key);

  ResourceStore& store_;
  const std::string version_;
  const Log log_;
  Guarded<State> state_;
  std::condition_variable_any opened_;
  std::jthread thread_;  ///< Last: it uses the rest.
};

/// A server-sent event.
std::string event_text(const std::string& name, const std::string& json);

}  // namespace vpcp::web
