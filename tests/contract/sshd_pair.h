#pragma once
#include <memory>

#include "adapters/libssh/sshd_fixture.h"

namespace vpcp::testing {

/// Two real sshds on loopback, the second one reached through the first, and how to log in to them.
class SshdPair {
 public:
  HostLogin host() { return host_.login("ams/gateway-0"); }
  HostLogin behind() {
    HostLogin login = behind_.login("ams/db-server");
    login.jump = std::make_shared<HostLogin>(host());
    return login;
  }
  HostLogin nobody() {
    HostLogin login = host();
    login.port = free_port();
    return login;
  }
  void end_connections() { host_.end_connections(); }

 private:
  TestSshd host_;
  TestSshd behind_;
};

}  // namespace vpcp::testing
