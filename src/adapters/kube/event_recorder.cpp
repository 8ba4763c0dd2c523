#include "adapters/kube/event_recorder.h"

#include <algorithm>
#include <utility>

#include "adapters/kube/json_text.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

constexpr std::size_t kMostWaiting = 1000;
constexpr std::size_t kLongestNote = 1024;  // of the API
constexpr seconds kLook{10};
constexpr seconds kFarewell{2};

std::string events_of(const std::string& ns) {
  return "/apis/events.k8s.io/v1/namespaces/" + ns + "/events";
}

/// Not longer than the API takes, and not cut inside a character of UTF-8.
std::string note_of(const ObjectEvent& event) {
  std::size_t end = std::min(event.note.size(), kLongestNote);
  const auto is_inside = [&](std::size_t at) {
    return at < event.note.size() && (static_cast<unsigned char>(event.note[at]) & 0xC0U) == 0x80U;
  };
  while (end > 0 && is_inside(end)) --end;
  return event.note.substr(0, end);
}

json series_json(const EventWrite& write) {
  return {{"count", write.count}, {"lastObservedTime", to_micro_time(write.last)}};
}

}  // namespace

EventRecorder::EventRecorder(Client& client, const Clock& clock, std::string instance, Log log)
    : client_(client),
      clock_(clock),
      instance_(std::move(instance)),
      log_(std::move(log)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

EventRecorder::~EventRecorder() {
  thread_.request_stop();
  thread_.join();
}

void EventRecorder::record(const ObjectEvent& event) {
  const bool kept = waiting_.with([&](auto& waiting) {
    if (waiting.size() >= kMostWaiting) return false;
    waiting.push_back(event);
    return true;
  });
  if (!kept) log_.warn("An event is dropped: too many wait", {{"reason", event.reason}});
  woken_.notify_all();
}

void EventRecorder::run(const std::stop_token& stop) {
  Context ctx;
  ctx.log = log_;
  const auto turn = [&](bool last) {
    std::vector<EventWrite> writes;
    for (const ObjectEvent& event : waiting_.with([](auto& waiting) { return std::exchange(waiting, {}); })) {
      if (auto write = series_.add(event, Moment::now(clock_))) writes.push_back(std::move(*write));
    }
    for (EventWrite& write : series_.due(clock_.steady_now(), last)) writes.push_back(std::move(write));
    send_all(ctx, writes);
  };
  ctx.stop = stop;
  while (!stop.stop_requested()) {
    waiting_.with_lock([&](auto& lock, const auto& waiting) {
      return woken_.wait_for(lock, stop, kLook, [&] { return !waiting.empty(); });
    });
    if (!stop.stop_requested()) turn(false);
  }
  ctx.stop = {};
  ctx = ctx.within(kFarewell);
  turn(true);
}

void EventRecorder::send_all(const Context& ctx, const std::vector<EventWrite>& writes) {
  for (const EventWrite& write : writes) {
    const Status sent = send(ctx.within(seconds{10}), write);
    if (sent.ok()) continue;
    log_.warn("An event cannot be kept", {{"namespace", write.event.about.ns},
                                          {"name", write.event.about.name},
                                          {"event", write.event.reason},
                                          {"reason", sent.error().reason},
                                          {"error", sent.error().message}});
  }
}

Status EventRecorder::send(const Context& ctx, const EventWrite& write) {
  const std::string path = events_of(write.event.about.ns);
  const std::string manager = std::string("?fieldManager=") + kFieldManager;
  if (write.count > 1) {
    const auto patched = client_.send(ctx, {"PATCH", path + "/" + write.name + manager, kMergePatch,
                                            to_text({{"series", series_json(write)}})});
    if (patched.ok()) return {};
    if (patched.error().reason != kNotFound)
      return patched.error();  // the API server keeps events for an hour
  }
  const auto created = client_.send(ctx, {"POST", path + manager, kJson, to_object(write)});
  // Our own, of a request that was sent twice.
  if (!created.ok() && created.error().reason != kAlreadyExists) return created.error();
  return {};
}

std::string EventRecorder::to_object(const EventWrite& write) const {
  const ObjectEvent& event = write.event;
  json object = {{"apiVersion", "events.k8s.io/v1"},
                 {"kind", "Event"},
                 {"metadata", {{"name", write.name}, {"namespace", event.about.ns}}},
                 {"eventTime", to_micro_time(write.first)},
                 {"reportingController", "vpcpeering.dev/vpc-peering-controller"},
                 {"reportingInstance", instance_},
                 {"action", event.reason},
                 {"reason", event.reason},
                 {"type", event.type == EventType::Warning ? "Warning" : "Normal"},
                 {"note", note_of(event)},
                 {"regarding",
                  {{"apiVersion", kApiVersion},
                   {"kind", kKind},
                   {"namespace", event.about.ns},
                   {"name", event.about.name},
                   {"uid", event.uid}}}};
  if (write.count > 1) object["series"] = series_json(write);
  return to_text(object);
}

}  // namespace vpcp::kube
