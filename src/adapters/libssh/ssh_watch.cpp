#include "adapters/libssh/ssh_watch.h"

#include <condition_variable>
#include <list>
#include <set>
#include <thread>

#include "adapters/libssh/stream_loop.h"

namespace vpcp {
namespace {

constexpr std::size_t kStreamsPerThread = 64;

/// Finds ways through jump hosts, one after the other. When a jump host cannot be reached, all who wait for
/// the same one are told so at once.
class WayFinder {
 public:
  using Done = std::function<void(Result<ssh::Way>)>;

  WayFinder(ssh::Dialer& dialer, milliseconds limit)
      : dialer_(dialer), limit_(limit), thread_([this](const std::stop_token& stop) { run(stop); }) {}
  /// Who still waits is not told.
  ~WayFinder() {
    thread_.request_stop();
    thread_.join();
  }
  WayFinder(const WayFinder&) = delete;
  WayFinder& operator=(const WayFinder&) = delete;

  void find(const HostLogin& login, Done done) {
    wishes_.with([&](auto& wishes) { wishes.push_back({login, std::move(done)}); });
    changed_.notify_one();
  }

 private:
  struct Wish {
    HostLogin login;
    Done done;
  };

  void run(const std::stop_token& stop) {
    Context ctx;
    ctx.stop = stop;
    while (auto wish = next(stop)) {
      wish->done(way_to(ctx, wish->login));
    }
  }
  Result<ssh::Way> way_to(const Context& ctx, const HostLogin& login) {
    auto jump = dialer_.jump_host(ctx.within(limit_), *login.jump);
    if (!jump.ok()) {
      tell_others(*login.jump, jump.error());
      return std::move(jump).error();
    }
    FileDescriptor socket = TRY((*jump)->connect(ctx.within(limit_), login));
    return ssh::Way{std::move(socket), *std::move(jump)};
  }
  std::optional<Wish> next(const std::stop_token& stop) {
    return wishes_.with_lock([&](auto& lock, std::list<Wish>& wishes) -> std::optional<Wish> {
      if (!changed_.wait(lock, stop, [&] { return !wishes.empty(); })) return std::nullopt;
      Wish first = std::move(wishes.front());
      wishes.pop_front();
      return first;
    });
  }
  void tell_others(const HostLogin& jump, const Error& why) {
    const std::string key = ssh::session_key(jump);
    std::list<Wish> told;
    wishes_.with([&](std::list<Wish>& wishes) {
      for (auto it = wishes.begin(); it != wishes.end();) {
        const auto here = it++;
        if (ssh::session_key(*here->login.jump) == key) told.splice(told.end(), wishes, here);
      }
    });
    for (const Wish& wish : told) wish.done(why);
  }

  ssh::Dialer& dialer_;
  const milliseconds limit_;
  Guarded<std::list<Wish>> wishes_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace

class SshWatch::Impl {
 public:
  Impl(const Options& options, const SshShell& shell, Listener& listener)
      : times_{options.connect_limit, options.silent_limit, options.ping_every, options.first_pause,
               options.longest_pause},
        dialer_(shell.dialer()),
        listener_(listener) {}

  void follow(std::map<Id, Target> targets) {
    loops_.with([&](std::list<Loop>& loops) {
      for (Loop& loop : loops) {
        std::erase_if(loop.ids, [&](const auto& id) {
          if (targets.erase(id) > 0) return false;
          loop.thread->remove(id);
          return true;
        });
      }
      for (auto& [id, target] : targets) place(loops, id, std::move(target));
      loops.remove_if([](const Loop& loop) { return loop.ids.empty(); });
    });
  }

 private:
  struct Loop {
    std::unique_ptr<ssh::StreamLoop> thread;
    std::set<Id> ids;
  };

  void place(std::list<Loop>& loops, const Id& id, Target target) {
    auto loop = std::find_if(loops.begin(), loops.end(),
                             [](const Loop& l) { return l.ids.size() < kStreamsPerThread; });
    if (loop == loops.end()) loop = loops.insert(loops.end(), {start_loop(), {}});
    loop->ids.insert(id);
    loop->thread->add(id, std::move(target));
  }
  std::unique_ptr<ssh::StreamLoop> start_loop() {
    const auto find = [this](const HostLogin& login, WayFinder::Done done) {
      finder_.with([&](auto& finder) {
        if (!finder) finder = std::make_unique<WayFinder>(*dialer_, times_.connect_limit);
        finder->find(login, std::move(done));
      });
    };
    return std::make_unique<ssh::StreamLoop>(times_, *dialer_, listener_, find);
  }

  const ssh::StreamTimes times_;
  const std::shared_ptr<ssh::Dialer> dialer_;
  Listener& listener_;
  Guarded<std::unique_ptr<WayFinder>> finder_;  ///< From the first jump on.
  Guarded<std::list<Loop>> loops_;              ///< Ends before the finder, which it uses.
};

SshWatch::SshWatch(const Options& options, const SshShell& shell, Listener& listener)
    : impl_(std::make_unique<Impl>(options, shell, listener)) {}

SshWatch::~SshWatch() = default;

void SshWatch::follow(std::map<Id, Target> targets) {
  impl_->follow(std::move(targets));
}

}  // namespace vpcp
