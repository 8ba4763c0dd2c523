#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lab/backend.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// How the wire between two ports treats a frame.
struct WireQuality {
  milliseconds delay{0};
  milliseconds jitter{0};  ///< Up to this much more or less; frames may overtake each other.
  double loss_percent{0};
  int mtu{kLinkMtu};  ///< Of what a frame carries; a larger one is lost.
  bool down{false};

  [[nodiscard]] bool fits(std::size_t frame_size) const {
    constexpr std::size_t kEthernetHeader = 14;
    return frame_size <= kEthernetHeader + static_cast<std::size_t>(mtu);
  }
};

/// The internet between the regions: an Ethernet switch in user space with one TAP device as each port. It
/// learns addresses, and holds every frame for the delay of the wire between the port it came in by and the
/// one it leaves by. It exists because the kernel may lack netem; and as it is one switch, any number of
/// regions is joined without loops. Thread-safe. The TAP devices go away with the object, or with the
/// process.
class WanSwitch {
 public:
  static Result<std::unique_ptr<WanSwitch>> start();
  ~WanSwitch();
  WanSwitch(const WanSwitch&) = delete;
  WanSwitch& operator=(const WanSwitch&) = delete;

  /// Makes the TAP device in the named network namespace and attaches it as port `name`.
  Status add_port(const std::string& name, const std::string& netns, const std::string& device);
  /// For both directions. Either may name a port that comes later. A pair never set is a perfect wire.
  void set_wire(const std::string& a, const std::string& b, WireQuality quality);
  /// The same, unless the pair was set before.
  void set_wire_if_new(const std::string& a, const std::string& b, WireQuality quality);

 private:
  static constexpr std::size_t kFrameSize = 2048;
  static constexpr std::size_t kQueueLimit =
      65536;  ///< Frames held at once; more are lost, as by a full router.

  struct Port {
    std::string name;
    FileDescriptor tap;
  };
  struct Frame {
    SteadyTime due;
    std::uint64_t order{0};  ///< Frames due at the same time leave in the order they came.
    std::size_t port{0};
    std::size_t size{0};
    std::array<unsigned char, kFrameSize> bytes;
  };
  using FramePtr = std::unique_ptr<Frame>;
  struct Later {
    bool operator()(const FramePtr& a, const FramePtr& b) const {
      return a->due != b->due ? a->due > b->due : a->order > b->order;
    }
  };

  explicit WanSwitch(FileDescriptor wake) : wake_(std::move(wake)) {}
  void run(const std::stop_token& stop);
  void wake() const;
  std::vector<int> port_fds();
  void read_port(std::size_t port);
  void forward(std::size_t from, const unsigned char* bytes, std::size_t size);
  void enqueue(std::size_t from, std::size_t to, const unsigned char* bytes, std::size_t size);
  SteadyTime deliver_due();
  const WireQuality& wire(const std::string& a, const std::string& b) const;

  FileDescriptor wake_;
  std::mutex mutex_;  // Guards everything below.
  std::vector<Port> ports_;
  std::map<std::pair<std::string, std::string>, WireQuality> wires_;
  std::map<std::uint64_t, std::size_t> learned_;
  std::priority_queue<FramePtr, std::vector<FramePtr>, Later> held_;
  std::vector<FramePtr> spare_;
  std::uint64_t order_{0};
  std::minstd_rand random_{20221122};
  std::jthread thread_;
};

}  // namespace vpcp::lab
