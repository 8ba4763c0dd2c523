#include "vpcp/runtime/reflector_state.h"

#include <algorithm>

namespace vpcp {

namespace {
/// A server whose streamed list fails so often in a row is asked for pages this time.
constexpr int kStreamedTries = 4;
}  // namespace

using Kind = ReflectorAsk::Kind;

ReflectorAsk ReflectorState::next(double random01) const {
  ReflectorAsk ask;
  ask.kind = kind_;
  ask.begins = kind_ == Kind::WatchList || (kind_ == Kind::Page && continue_token_.empty());
  if (kind_ == Kind::Page) {
    ask.whole = whole_;
    ask.continue_token = continue_token_;
  }
  if (kind_ == Kind::Watch) ask.resource_version = resource_version_;
  if (failures_ > 0) {
    const milliseconds doubled = limits_.first_pause * (1 << std::min(failures_ - 1, 10));
    const milliseconds most = std::min(doubled, limits_.longest_pause);
    ask.pause = most / 2 + std::chrono::duration_cast<milliseconds>(most / 2 * random01);
  }
  if (retry_after_) ask.pause = std::max(ask.pause, *retry_after_);
  return ask;
}

void ReflectorState::begin_list() {
  kind_ = pages_once_ ? Kind::Page : list_kind_;
  continue_token_.clear();
}

void ReflectorState::on_page(const std::string& resource_version, const std::string& continue_token) {
  failures_ = 0;
  retry_after_.reset();
  continue_token_ = continue_token;
  if (!continue_token.empty()) return;
  resource_version_ = resource_version;
  kind_ = Kind::Watch;
  whole_ = false;
  pages_once_ = false;
  synced_ = true;
}

void ReflectorState::on_event(const std::string& resource_version) {
  if (kind_ != Kind::Watch) return;  // initial events come in no order of versions
  failures_ = 0;
  retry_after_.reset();
  if (!resource_version.empty()) resource_version_ = resource_version;
}

void ReflectorState::on_initial_events_end(const std::string& resource_version) {
  on_page(resource_version, "");
}

void ReflectorState::on_end(milliseconds after, bool had_events) {
  if (kind_ == Kind::WatchList) {  // before the initial events were complete
    on_trouble(ReflectorTrouble::Other);
  } else if (after < limits_.short_watch && !had_events) {
    ++failures_;
  } else {
    failures_ = 0;
  }
}

void ReflectorState::on_trouble(ReflectorTrouble trouble, std::optional<milliseconds> retry_after) {
  retry_after_ = retry_after;
  switch (trouble) {
    case ReflectorTrouble::Expired:
      // Twice within one list: it changes faster than it can be read in pages.
      if (kind_ == Kind::Page) whole_ = true;
      if (kind_ != Kind::Watch) ++failures_;
      begin_list();
      break;
    case ReflectorTrouble::Unsupported:
      if (kind_ == Kind::WatchList) {
        list_kind_ = Kind::Page;
      } else {
        ++failures_;
      }
      begin_list();
      break;
    case ReflectorTrouble::Other:
      ++failures_;
      // What cannot be had in one piece, too large for an answer or too slow for the time, may come in pages.
      whole_ = false;
      if (kind_ == Kind::WatchList && failures_ >= kStreamedTries) {
        pages_once_ = true;
        begin_list();
      }
      break;
  }
}

}  // namespace vpcp
