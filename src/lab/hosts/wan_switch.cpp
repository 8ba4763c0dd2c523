#include "lab/hosts/wan_switch.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "lab/hosts/netns.h"
#include "lab/hosts/process.h"

namespace vpcp::lab {
namespace {

constexpr int kBurst = 64;  ///< Frames read from one port before the others get their turn.

Result<FileDescriptor> open_tap(const std::string& device) {
  FileDescriptor tap = TRY(open_path("/dev/net/tun", O_RDWR | O_NONBLOCK));
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(tap.get(), TUNSETIFF, &request) < 0)
    return errno_error("cannot make the network device " + device);
  return tap;
}

std::uint64_t mac_at(const unsigned char* bytes) {
  std::uint64_t mac = 0;
  for (int i = 0; i < 6; ++i) mac = mac << 8 | bytes[i];
  return mac;
}

}  // namespace

Result<std::unique_ptr<WanSwitch>> WanSwitch::start() {
  FileDescriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.open()) return errno_error("cannot make an eventfd");
  auto made = std::unique_ptr<WanSwitch>(new WanSwitch(std::move(wake)));
  made->thread_ = std::jthread([self = made.get()](const std::stop_token& stop) { self->run(stop); });
  return made;
}

WanSwitch::~WanSwitch() {
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
}

Status WanSwitch::add_port(const std::string& name, const std::string& netns, const std::string& device) {
  FileDescriptor tap = TRY(in_netns<FileDescriptor>(netns, [&device] { return open_tap(device); }));
  {
    const std::lock_guard lock(mutex_);
    ports_.push_back({name, std::move(tap)});
  }
  wake();
  return {};
}

void WanSwitch::set_wire(const std::string& a, const std::string& b, WireQuality quality) {
  const std::lock_guard lock(mutex_);
  wires_[std::minmax(a, b)] = quality;
}

void WanSwitch::set_wire_if_new(const std::string& a, const std::string& b, WireQuality quality) {
  const std::lock_guard lock(mutex_);
  wires_.try_emplace(std::minmax(a, b), quality);
}

const WireQuality& WanSwitch::wire(const std::string& a, const std::string& b) const {
  static const WireQuality perfect;
  const auto found = wires_.find(std::minmax(a, b));
  return found == wires_.end() ? perfect : found->second;
}

void WanSwitch::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void WanSwitch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const SteadyTime next = deliver_due();
    std::vector<pollfd> waiting{{wake_.get(), POLLIN, 0}};
    for (const int fd : port_fds()) waiting.push_back({fd, POLLIN, 0});
    timespec limit{};
    if (next != SteadyTime::max()) {
      const auto left = std::max(next - std::chrono::steady_clock::now(), SteadyTime::duration::zero());
      limit.tv_sec = std::chrono::duration_cast<seconds>(left).count();
      limit.tv_nsec = (left % seconds{1}).count();
    }
    if (::ppoll(waiting.data(), waiting.size(), next == SteadyTime::max() ? nullptr : &limit, nullptr) <= 0)
      continue;
    std::uint64_t count = 0;
    if (waiting[0].revents != 0) [[maybe_unused]]
      const ssize_t n = ::read(wake_.get(), &count, sizeof count);
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) read_port(i - 1);
    }
  }
}

std::vector<int> WanSwitch::port_fds() {
  const std::lock_guard lock(mutex_);
  std::vector<int> fds;
  for (const Port& port : ports_) fds.push_back(port.tap.get());
  return fds;
}

void WanSwitch::read_port(std::size_t port) {
  const std::lock_guard lock(mutex_);
  std::array<unsigned char, kFrameSize> bytes;
  for (int i = 0; i < kBurst; ++i) {
    const ssize_t size = ::read(ports_[port].tap.get(), bytes.data(), bytes.size());
    if (size < 14) return;  // Nothing more, or shorter than an Ethernet header.
    forward(port, bytes.data(), static_cast<std::size_t>(size));
  }
}

void WanSwitch::forward(std::size_t from, const unsigned char* bytes, std::size_t size) {
  learned_[mac_at(bytes + 6)] = from;
  const bool to_many = (bytes[0] & 1) != 0;
  const auto known = learned_.find(mac_at(bytes));
  if (!to_many && known != learned_.end()) {
    if (known->second != from) enqueue(from, known->second, bytes, size);
    return;
  }
  for (std::size_t to = 0; to < ports_.size(); ++to) {
    if (to != from) enqueue(from, to, bytes, size);
  }
}

void WanSwitch::enqueue(std::size_t from, std::size_t to, const unsigned char* bytes, std::size_t size) {
  const WireQuality& quality = wire(ports_[from].name, ports_[to].name);
  if (quality.down || !quality.fits(size) || held_.size() >= kQueueLimit) return;
  if (quality.loss_percent > 0 &&
      std::uniform_real_distribution<double>(0, 100)(random_) < quality.loss_percent) {
    return;
  }
  auto delay = std::chrono::duration_cast<std::chrono::microseconds>(quality.delay);
  if (quality.jitter.count() > 0) {
    const long spread = std::chrono::duration_cast<std::chrono::microseconds>(quality.jitter).count();
    delay += std::chrono::microseconds(std::uniform_int_distribution<long>(-spread, spread)(random_));
  }
  FramePtr frame;
  if (spare_.empty()) {
    frame = std::make_unique<Frame>();
  } else {
    frame = std::move(spare_.back());
    spare_.pop_back();
  }
  frame->due = std::chrono::steady_clock::now() + std::max(delay, std::chrono::microseconds{0});
  frame->order = order_++;
  frame->port = to;
  frame->size = size;
  std::memcpy(frame->bytes.data(), bytes, size);
  held_.push(std::move(frame));
}

SteadyTime WanSwitch::deliver_due() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!held_.empty() && held_.top()->due <= now) {
    // priority_queue hands out its top as const; the frame leaves it with the pop in the next line.
    FramePtr frame = std::move(const_cast<FramePtr&>(held_.top()));
    held_.pop();
    // A port whose device is down refuses the frame, as a pulled cable does.
    [[maybe_unused]] const ssize_t n =
        ::write(ports_[frame->port].tap.get(), frame->bytes.data(), frame->size);
    spare_.push_back(std::move(frame));
  }
  return held_.empty() ? SteadyTime::max() : held_.top()->due;
}

}  // namespace vpcp::lab
