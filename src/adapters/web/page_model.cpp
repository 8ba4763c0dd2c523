#include "adapters/web/page_model.h"

#include <algorithm>
#include <utility>

#include "adapters/web/peering_json.h"

namespace vpcp::web {
namespace {

/// How often the store is looked at while somebody looks at us.
constexpr milliseconds kEvery{500};

/// Stands for the first object, whichever that is.
const ObjectKey kFirst{};

}  // namespace

std::string event_text(const std::string& name, const std::string& json) {
  return "event: " + name + "\ndata: " + json + "\n\n";
}

/// Gives what has changed since it was given last.
class PageModel::PageFeed : public EventFeed {
 public:
  PageFeed(PageModel& model, ObjectKey key) : model_(model), key_(std::move(key)) {}
  ~PageFeed() override { model_.close(key_); }

  Text next() override {
    const auto [overview, peering] = model_.state_.with(
        [&](const State& state) { return std::pair(state.overview, state.shown.at(key_).event); });
    if (overview && overview != overview_) return overview_ = overview;
    if (peering && peering != peering_) return peering_ = peering;
    return nullptr;
  }

 private:
  PageModel& model_;
  ObjectKey key_;
  Text overview_;
  Text peering_;
};

PageModel::PageModel(ResourceStore& store, std::string version, Log log)
    : store_(store), version_(std::move(version)), log_(std::move(log)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

PageModel::~PageModel() = default;

std::unique_ptr<EventFeed> PageModel::open(const std::optional<ObjectKey>& wanted) {
  const ObjectKey key = wanted.value_or(kFirst);
  const bool room = state_.with([&](State& state) {
    if (state.pages == kPages) return false;
    ++state.pages;
    ++state.shown[key].pages;
    state.look_now = true;
    return true;
  });
  if (!room) return nullptr;
  opened_.notify_all();
  return std::make_unique<PageFeed>(*this, key);
}

void PageModel::close(const ObjectKey& key) {
  state_.with([&](State& state) {
    --state.pages;
    if (--state.shown.at(key).pages == 0) state.shown.erase(key);
  });
}

void PageModel::run(const std::stop_token& stop) {
  Context ctx;
  ctx.stop = stop;
  ctx.log = log_;
  while (!stop.stop_requested()) {
    state_.with_lock([&](auto& lock, State& state) {
      opened_.wait(lock, stop, [&] { return state.pages > 0; });
      opened_.wait_for(lock, stop, kEvery, [&] { return state.look_now; });
      state.look_now = false;
    });
    if (!stop.stop_requested()) look(ctx);
  }
}

void PageModel::look(const Context& ctx) {
  auto keys = store_.list(ctx);
  if (!keys.ok()) return;  // the page goes on with what it has
  std::sort(keys->begin(), keys->end());
  std::vector<VpcPeering> objects;
  for (const ObjectKey& key : *keys) {
    auto object = store_.get(ctx, key);
    if (!object.ok()) return;
    if (*object) objects.push_back(std::move(**object));
  }
  take(std::move(objects));
}

/// The JSON is made outside of the lock, which the server's thread takes too.
void PageModel::take(std::vector<VpcPeering> objects) {
  const auto shown = state_.with([](const State& state) { return state.shown; });
  std::map<ObjectKey, std::pair<VpcPeering, Text>> news;
  for (const auto& [key, was] : shown) {
    const auto found =
        key == kFirst
            ? objects.begin()
            : std::find_if(objects.begin(), objects.end(),
                           [&wanted = key](const VpcPeering& object) { return object.meta.key() == wanted; });
    if (found == objects.end()) {
      if (!was.event || !was.object.meta.name.empty())
        news[key] = {VpcPeering{}, text_of(event_text("gone", "{}"))};
    } else if (!was.event || !(*found == was.object)) {
      news[key] = {*found, text_of(event_text("peering", peering_json(*found)))};
    }
  }
  const std::string overview = event_text("overview", overview_json(objects, version_));
  state_.with([&](State& state) {
    if (!state.overview || *state.overview != overview) state.overview = text_of(overview);
    for (auto& [key, pair] : news) {
      const auto found = state.shown.find(key);
      if (found != state.shown.end()) std::tie(found->second.object, found->second.event) = std::move(pair);
    }
  });
}

}  // namespace vpcp::web
