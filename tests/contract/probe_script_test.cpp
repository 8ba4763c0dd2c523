// The probe as a host runs it, against this machine's own loopback.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <vector>

#include "domain/host/probe.h"
#include "vpcp/base/file_descriptor.h"

namespace vpcp::testing {
namespace {

using Kind = ProbeTarget::Kind;
using Outcome = ProbeResult::Outcome;

const Ipv4 kLoopback = *Ipv4::parse("127.0.0.1");

/// A port of loopback. Its queue of connections takes one, which nobody fetches.
class Port {
 public:
  Port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    socklen_t size = sizeof address_;
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.get(), address, size), 0);
    EXPECT_EQ(::getsockname(socket_.get(), address, &size), 0);
  }
  void listen() { EXPECT_EQ(::listen(socket_.get(), 0), 0); }
  /// The queue is full: Linux lets whoever comes next wait without an answer.
  void fill() {
    caller_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(caller_.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
  }
  [[nodiscard]] ProbeTarget target() const { return {Kind::Tcp, kLoopback, ntohs(address_.sin_port)}; }

 private:
  FileDescriptor socket_, caller_;
  sockaddr_in address_{};
};

std::vector<ProbeResult> probe(const std::vector<ProbeTarget>& targets, const ProbeBurst& burst) {
  std::FILE* program = ::popen(shell_line(probe_command(targets, burst)).c_str(), "re");
  if (program == nullptr) return {};
  std::string text;
  std::array<char, 4096> bytes{};
  while (const std::size_t read = std::fread(bytes.data(), 1, bytes.size(), program))
    text.append(bytes.data(), read);
  EXPECT_EQ(::pclose(program), 0);
  const auto results = parse_probe_report(text);
  EXPECT_TRUE(results.ok()) << text;
  return results.ok() ? *results : std::vector<ProbeResult>{};
}

struct Seen {
  int sent{0};
  int answered{0};
  friend bool operator==(const Seen&, const Seen&) = default;
};
Seen of(const std::vector<ProbeResult>& results, Kind kind) {
  Seen seen;
  for (const ProbeResult& result : results) {
    if (result.target.kind != kind) continue;
    seen.sent += result.sent;
    seen.answered += result.answered;
  }
  return seen;
}
void PrintTo(const Seen& seen, std::ostream* out) {
  *out << seen.answered << " of " << seen.sent;
}

const ProbeTarget kPing{Kind::Icmp, kLoopback, 0};
const ProbeBurst kBurst{.limit = milliseconds{400}};

TEST(ProbeScript, ConnectsOnceWhereThatIsAnswered) {
  Port port;
  port.listen();
  const auto seen = probe({kPing, port.target()}, kBurst);
  EXPECT_EQ(of(seen, Kind::Icmp), (Seen{7, 7}));
  EXPECT_EQ(of(seen, Kind::Tcp), (Seen{1, 1}));
}

TEST(ProbeScript, ConnectsOftenerAtOnceWhereThatIsNotAnswered) {
  Port port;
  port.listen();
  port.fill();
  const auto seen = probe({kPing, port.target()}, kBurst);
  EXPECT_EQ(of(seen, Kind::Icmp), (Seen{7, 7}));
  EXPECT_EQ(of(seen, Kind::Tcp), (Seen{8, 0})) << "enough to tell that TCP is dead";
}

TEST(ProbeScript, ConnectsOnceWhereAnswersMayTakeLong) {
  Port port;
  port.listen();
  port.fill();
  EXPECT_EQ(of(probe({kPing, port.target()}, {.limit = milliseconds{1100}}), Kind::Tcp), (Seen{1, 0}));
}

TEST(ProbeScript, AConnectionThatIsRefusedIsNotMadeAgain) {
  const Port port;
  const auto seen = probe({kPing, port.target()}, kBurst);
  ASSERT_EQ(of(seen, Kind::Tcp).sent, 1);
  EXPECT_EQ(seen.front().outcome, Outcome::Refused) << "it came before the last ping";
}

}  // namespace
}  // namespace vpcp::testing
