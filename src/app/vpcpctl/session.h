#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "views/status_view.h"
#include "vpcp/api/write.h"
#include "vpcp/base/context.h"
#include "vpcp/base/secret.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/operator_store.h"

namespace vpcp::ctl {

enum class Output { Table, Wide, Json, Yaml };

/// What every command takes.
struct GlobalOptions {
  std::string state;
  std::string manifests;
  std::string kubeconfig;
  std::string context;
  std::string ns;
  bool all_namespaces{false};
  bool skip_tls_verify{false};
  Output output{Output::Table};
  std::string vultr_url{"https://api.vultr.com"};
  std::stop_token stop{};  ///< Ends the question in hand: Ctrl-C, of the commands that heed it.
};

/// One run of the program: the store that the options chose, and how its answers are shown.
class Session {
 public:
  /// Errors: what keeps the store from being opened.
  static Result<std::unique_ptr<Session>> open(const GlobalOptions& options);
  ~Session();

  [[nodiscard]] const GlobalOptions& options() const { return options_; }
  [[nodiscard]] OperatorStore& store() { return *store_; }
  [[nodiscard]] HttpClient& http();
  /// A context of so long, for one question.
  [[nodiscard]] Context context(seconds limit = seconds{30}) const;
  [[nodiscard]] ViewStyle style() const;
  /// -o is json or yaml.
  [[nodiscard]] bool for_programs() const {
    return options_.output == Output::Json || options_.output == Output::Yaml;
  }
  /// The answer as -o wants it: a table for people, or a text for programs.
  [[nodiscard]] std::string in_form(const std::function<std::string(Width)>& table,
                                    const std::function<std::string(TextForm)>& text) const;

  /// The namespace that the options mean; empty: all.
  [[nodiscard]] std::string ns() const;
  /// The object of that name: "ams-blr" or "network/ams-blr". Errors: Invalid "NotFound", with what
  /// there is; "NotUnique".
  Result<VpcPeering> find(const std::string& name);
  /// For people: with no more in its status than can be believed now. Programs are given what is stored.
  [[nodiscard]] static VpcPeering believable(VpcPeering peering);

 private:
  explicit Session(const GlobalOptions& options) : options_(options) {}

  const GlobalOptions options_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<OperatorStore> store_;
};

/// Whether what is written to standard output may be coloured: a terminal, and NO_COLOR is not set.
bool may_colour();
/// One sentence on standard error; 1, the exit status of what failed.
int fail(const Error& error);
int fail(const std::string& sentence);
/// Writes to standard output; 1 when it cannot be written.
int print(const std::string& text);
/// Asks on the terminal; false unless the answer is yes. Without a terminal nobody can be asked.
bool confirm(const std::string& question);

/// The account's key by the environment; an Error that says so when there is none.
Result<Secret> api_key();

}  // namespace vpcp::ctl
