#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "vpcp/api/host.h"

namespace vpcp::testing {

/// A temporary directory, readable by its owner only, that goes with its object.
class TempDir {
 public:
  TempDir() {
    std::string pattern = std::filesystem::temp_directory_path() / "vpcp-sshd-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A program without terminal or output, which ends when the test does, however it ends.
inline pid_t start_process(std::vector<std::string> argv) {
  std::vector<char*> raw;
  for (std::string& argument : argv) raw.push_back(argument.data());
  raw.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("cannot start " + argv[0]);
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(null, fd);
  ::execv(raw[0], raw.data());
  ::_exit(127);
}

/// A new key pair in `path` and `path`.pub.
inline void make_key(const std::string& path, const std::string& type = "ed25519") {
  const pid_t pid =
      start_process({"/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", path});
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("ssh-keygen failed");
}

/// "ssh-ed25519 AAAA…" of a .pub file, without its comment.
inline HostKeyLine public_key(const std::string& path) {
  const std::string text = read_text(path + ".pub");
  return text.substr(0, text.find(' ', text.find(' ') + 1));
}

inline int tcp_socket() {
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A port of loopback that nobody listens on.
inline std::uint16_t free_port() {
  const int fd = tcp_socket();
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool ok = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!ok) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

inline bool accepts_connections(std::uint16_t port) {
  const int fd = tcp_socket();
  const sockaddr_in address = loopback(port);
  const bool ok = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return ok;
}

/// A real sshd on loopback, for root with one key, as a stranger to the machine's own configuration. Needs
/// root.
class TestSshd {
 public:
  explicit TestSshd(std::string extra_config = {}) : extra_config_(std::move(extra_config)) {
    init_crypto();
    ::mkdir("/run/sshd", 0755);  // sshd's own chroot; a service would have made it
    make_key(dir_.file("host"));
    make_key(dir_.file("client"));
    std::filesystem::copy_file(dir_.file("client.pub"), dir_.file("authorized_keys"));
    port_ = free_port();
    start();
  }
  ~TestSshd() { stop(); }
  TestSshd(const TestSshd&) = delete;
  TestSshd& operator=(const TestSshd&) = delete;

  void start() {
    write_config();
    pid_ = start_process({"/usr/sbin/sshd", "-D", "-f", dir_.file("sshd_config"), "-E", dir_.file("log"),
                          "-p", std::to_string(port_)});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!accepts_connections(port_)) {
      int status = 0;
      const bool gone = ::waitpid(pid_, &status, WNOHANG) == pid_;
      if (gone || std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("sshd does not start: " + log());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }
  /// Ends the server and, like a power cut seen from outside, every connection.
  void stop() {
    if (pid_ <= 0) return;
    end_connections();
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  /// Ends the connections, not the server. Each one is a group of processes led by a child of the server.
  void end_connections() {
    std::vector<pid_t> connections = children(pid_);
    for (const pid_t child : connections) {
      for (const pid_t grandchild : children(child)) ::kill(grandchild, SIGKILL);
      ::kill(child, SIGKILL);
    }
  }
  void use_host_key(const std::string& path) { host_key_file_ = path; }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string log() const { return read_text(dir_.file("log")); }
  [[nodiscard]] std::string file(const std::string& name) const { return dir_.file(name); }
  [[nodiscard]] HostKeyLine host_key() const { return public_key(host_key_file_); }

  [[nodiscard]] HostLogin login(const std::string& name = "test/host") const {
    HostLogin login;
    login.name = name;
    login.address = *Ipv4::parse("127.0.0.1");
    login.port = port_;
    login.private_key = Secret::take(read_text(dir_.file("client")));
    login.pinned = {host_key()};
    return login;
  }

 private:
  void write_config() const {
    std::ofstream(dir_.file("sshd_config"))
        << "ListenAddress 127.0.0.1\nHostKey " << host_key_file_ << "\nAuthorizedKeysFile "
        << dir_.file("authorized_keys")
        << "\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
        << "LogLevel VERBOSE\nPrintMotd no\nMaxStartups 5:100:5\n"
        << extra_config_ << "\n";
  }
  static std::vector<pid_t> children(pid_t parent) {
    std::vector<pid_t> pids;
    std::ifstream file("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  }

  TempDir dir_;
  std::string extra_config_;
  std::string host_key_file_{dir_.file("host")};
  std::uint16_t port_{0};
  pid_t pid_{-1};
};

}  // namespace vpcp::testing
