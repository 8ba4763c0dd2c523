#pragma once
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "vpcp/base/context.h"

namespace vpcp {

/// Tells any number of followers of keys that have changed. A key that changes again before a follower has
/// taken it is told once: what counts is that it has changed. Thread-safe.
template <class Key>
class ChangeFeed {
 public:
  void tell(const Key& key) {
    const std::lock_guard lock(mutex_);
    for (const auto& follower : followers_) follower->add({key});
  }

  /// Gives what `existing` names at the start, then every change, to `changed`, on this thread, until the
  /// context ends. `existing` is asked after the following has begun: nothing falls in between.
  void follow(const Context& ctx, const std::function<std::vector<Key>()>& existing,
              const std::function<void(const Key&)>& changed) {
    const auto self = std::make_shared<Follower>();
    {
      const std::lock_guard lock(mutex_);
      followers_.push_back(self);
    }
    self->add(existing());
    while (!ctx.stopped() && ctx.left() > milliseconds{0}) {
      for (const Key& key : self->take(ctx)) {
        if (!ctx.stopped()) changed(key);
      }
    }
    const std::lock_guard lock(mutex_);
    std::erase(followers_, self);
  }

 private:
  class Follower {
   public:
    void add(const std::vector<Key>& keys) {
      const std::lock_guard lock(mutex_);
      changed_.insert(keys.begin(), keys.end());
      woken_.notify_all();
    }
    std::set<Key> take(const Context& ctx) {
      std::unique_lock lock(mutex_);
      const auto news = [this] { return !changed_.empty(); };
      if (ctx.deadline == SteadyTime::max()) {
        woken_.wait(lock, ctx.stop, news);
      } else {
        woken_.wait_until(lock, ctx.stop, ctx.deadline, news);
      }
      return std::exchange(changed_, {});
    }

   private:
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::set<Key> changed_;
  };

  std::mutex mutex_;
  std::vector<std::shared_ptr<Follower>> followers_;
};

}  // namespace vpcp
