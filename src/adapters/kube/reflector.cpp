#include "adapters/kube/reflector.h"

#include "adapters/kube/json_text.h"
#include "vpcp/base/stoppable_sleep.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;
using Kind = ReflectorAsk::Kind;

constexpr int kPage = 500;
/// The server ends a watch after this, so that many do not end at once: spread over as much again.
constexpr seconds kShortestWatch{300};

/// Continue tokens are base64url, versions digits: only "=" and "+" and "/" could need an escape.
std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '+') {
      out += "%2B";
    } else if (c == '/') {
      out += "%2F";
    } else if (c == '=') {
      out += "%3D";
    } else {
      out += c;
    }
  }
  return out;
}

/// A server that answers and cannot stream a list says so in many ways (400, 422, 500 from an older etcd):
/// whatever it says, pages are tried then.
bool cannot_stream(const Error& error) {
  return error.reason == kRefused || error.reason == kUnavailable || error.reason == kNotFound;
}

ReflectorTrouble trouble_of(const ReflectorAsk& ask, const Error& error) {
  if (error.reason == kExpired) return ReflectorTrouble::Expired;
  // The rest of a list that cannot be had in pages may come in one piece.
  const bool later_page = ask.kind == Kind::Page && !ask.begins;
  if (later_page && error.reason == "BadAnswer") return ReflectorTrouble::Expired;
  if (ask.kind == Kind::WatchList && cannot_stream(error)) return ReflectorTrouble::Unsupported;
  return ReflectorTrouble::Other;
}

}  // namespace

void Reflector::run(const Context& ctx) {
  while (!ctx.stopped()) {
    const ReflectorAsk next = state_.next(random01_());
    if (stoppable_sleep(ctx.stop, next.pause)) ask(ctx, next);
  }
}

void Reflector::ask(const Context& ctx, const ReflectorAsk& ask) {
  if (ask.begins) handler_.begin();
  const Status done = ask.kind == Kind::Page ? list_page(ctx, ask) : watch(ctx, ask);
  if (ctx.stopped()) return;
  if (done.ok()) {
    told_.clear();
    return;
  }
  report(ctx, ask, done.error());
  state_.on_trouble(trouble_of(ask, done.error()), done.error().retry_after);
}

/// Once for each trouble, and not what belongs to the protocol.
void Reflector::report(const Context& ctx, const ReflectorAsk& ask, const Error& error) {
  const bool expected = error.reason == kExpired || trouble_of(ask, error) == ReflectorTrouble::Unsupported;
  const std::string text = error.reason + error.message;
  if (expected || text == told_) return;
  told_ = text;
  ctx.log.warn("The API server cannot be watched: trying again",
               {{"path", path_}, {"reason", error.reason}, {"error", error.message}});
}

Status Reflector::list_page(const Context& ctx, const ReflectorAsk& ask) {
  std::string path = path_ + "?" + query_;
  if (!ask.whole) path += "&limit=" + std::to_string(kPage);
  if (!ask.continue_token.empty()) path += "&continue=" + encoded(ask.continue_token);
  const json page = TRY(client_.send(ctx, {.path = path}));
  const std::string next = text_at(page, {"metadata", "continue"});
  if (ask.continue_token.empty()) pages_.clear();
  if (!next.empty() && !pages_.insert(next).second) return going_in_circles();
  const json& items = at(page, {"items"});
  if (items.is_array()) {
    for (const json& item : items) handler_.exists(item);
  }
  state_.on_page(text_at(page, {"metadata", "resourceVersion"}), next);
  if (next.empty()) handler_.complete();
  return {};
}

Status Reflector::watch(const Context& ctx, const ReflectorAsk& ask) {
  const auto spread = static_cast<int>(random01_() * static_cast<double>(kShortestWatch.count()));
  std::string path = path_ + "?" + query_ + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=" +
                     std::to_string(kShortestWatch.count() + spread);
  path += ask.kind == Kind::WatchList ? "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                                      : "&resourceVersion=" + encoded(ask.resource_version);
  const SteadyTime begun = std::chrono::steady_clock::now();
  had_events_ = false;
  std::optional<Error> trouble;
  // Ends the stream when the server has told of a trouble inside it.
  std::stop_source over;
  const std::stop_callback passed_on(ctx.stop, [&over] { over.request_stop(); });
  Context inner = ctx;
  inner.stop = over.get_token();
  Status ended = client_.stream(inner, path, [&](std::string_view line) {
    if (!trouble) take_line(line, trouble);
    if (trouble) over.request_stop();
  });
  if (trouble) return *trouble;
  if (!ended.ok()) return ended;
  const auto lasted = std::chrono::steady_clock::now() - begun;
  state_.on_end(std::chrono::duration_cast<milliseconds>(lasted), had_events_);
  return {};
}

void Reflector::take_line(std::string_view line, std::optional<Error>& trouble) {
  const json event = parse_answer(line);
  const std::string type = text_at(event, {"type"});
  const json& object = at(event, {"object"});
  const std::string version = text_at(object, {"metadata", "resourceVersion"});
  if (type == "ADDED" || type == "MODIFIED") {
    handler_.exists(object);
  } else if (type == "DELETED") {
    handler_.gone(object);
  } else if (type == "BOOKMARK") {
    if (text_at(object, {"metadata", "annotations", "k8s.io/initial-events-end"}) == "true") {
      state_.on_initial_events_end(version);
      handler_.complete();
    }
  } else if (type == "ERROR") {
    trouble = to_error(object, 0);
    return;
  } else {
    trouble = Error{ErrorKind::Transient, "BadAnswer", "a line of the watch is not an event", {}};
    return;
  }
  had_events_ = true;
  state_.on_event(version);
}

}  // namespace vpcp::kube
