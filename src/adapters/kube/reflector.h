#pragma once
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "adapters/kube/client.h"
#include "vpcp/runtime/reflector_state.h"

namespace vpcp::kube {

/// Is told of every object of a collection and of each change, on the reflector's thread.
class ReflectorHandler {
 public:
  virtual ~ReflectorHandler() = default;
  virtual void begin() = 0;                               ///< A new list begins.
  virtual void exists(const nlohmann::json& object) = 0;  ///< Listed, added or changed.
  virtual void gone(const nlohmann::json& object) = 0;
  virtual void complete() = 0;  ///< The list is whole: what it did not name since begin() is gone.
};

/// Keeps a handler in step with one collection of the API server, as ReflectorState says.
class Reflector {
 public:
  /// `path` of the collection; `query` narrows it ("fieldSelector=…") or is empty. `random01` spreads pauses.
  Reflector(Client& client, std::string path, std::string query, ReflectorHandler& handler,
            std::function<double()> random01)
      : client_(client),
        path_(std::move(path)),
        query_(std::move(query)),
        handler_(handler),
        random01_(std::move(random01)) {}

  /// Until the context is stopped.
  void run(const Context& ctx);

 private:
  void ask(const Context& ctx, const ReflectorAsk& ask);
  Status list_page(const Context& ctx, const ReflectorAsk& ask);
  Status watch(const Context& ctx, const ReflectorAsk& ask);
  void take_line(std::string_view line, std::optional<Error>& trouble);
  void report(const Context& ctx, const ReflectorAsk& ask, const Error& error);

  Client& client_;
  const std::string path_;
  const std::string query_;
  ReflectorHandler& handler_;
  const std::function<double()> random01_;
  ReflectorState state_;
  bool had_events_{false};
  std::set<std::string> pages_;  ///< Continue tokens of the list that is being read.
  std::string told_;             ///< The trouble that was logged last.
};

}  // namespace vpcp::kube
