#include "lab/hosts/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

extern char** environ;

namespace vpcp::lab {
namespace {

constexpr std::size_t kOutputLimit = 64U << 10U;
constexpr std::size_t kFileLimit = 1U << 20U;

/// Standard input as a file in memory: it never blocks the writer.
Result<FileDescriptor> input_file(std::string_view input) {
  FileDescriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (file.get() < 0 || !write_all(file.get(), input)) return errno_error("cannot hold a program's input");
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

Result<pid_t> start(const Argv& argv, int in, int out) {
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_adddup2(&files, out, 2);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, args[0], &files, nullptr, args.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return machine_error("cannot start " + argv[0] + ": " + std::strerror(failed));
  return pid;
}

/// Reads until the other end closes; false when the deadline comes first.
bool drain(int fd, std::string& out, SteadyTime deadline) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) return false;
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    if (out.size() < kOutputLimit) out.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

Error machine_error(std::string message) {
  return {ErrorKind::Transient, "LabMachine", std::move(message), {}};
}

Error errno_error(const std::string& what) {
  return machine_error(what + ": " + std::strerror(errno));
}

Result<std::string> run_program(const Argv& argv, std::string_view input, milliseconds limit) {
  const FileDescriptor in = TRY(input_file(input));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("cannot make a pipe");
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const pid_t pid = TRY(start(argv, in.get(), writing.get()));
  writing.reset();
  std::string out;
  const bool done = drain(reading.get(), out, std::chrono::steady_clock::now() + limit);
  if (!done) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (!done) return machine_error(argv[0] + " was not done in time");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out;
  std::string command = argv[0];
  for (std::size_t i = 1; i < argv.size(); ++i) command += " " + argv[i];
  return machine_error(command + " failed: " + last_line(out));
}

Result<std::string> run_in_netns(const std::string& netns, const Argv& argv, std::string_view input) {
  Argv inside{"nsenter", "--net=/run/netns/" + netns, "--"};
  inside.insert(inside.end(), argv.begin(), argv.end());
  return run_program(inside, input);
}

Result<FileDescriptor> open_path(const std::string& path, int flags, mode_t mode) {
  FileDescriptor fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.open()) return errno_error("cannot open " + path);
  return fd;
}

Status write_file(const std::string& path, std::string_view content, mode_t mode) {
  const std::string temporary = path + ".new";
  const FileDescriptor file = TRY(open_path(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode));
  if (::fchmod(file.get(), mode) != 0 || !write_all(file.get(), content)) {
    return errno_error("cannot write " + temporary);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return errno_error("cannot replace " + path);
  return {};
}

std::string read_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  std::array<char, 4096> chunk{};
  ssize_t n = 0;
  while (file.get() >= 0 && content.size() < kFileLimit &&
         (n = ::read(file.get(), chunk.data(), chunk.size())) > 0) {
    content.append(chunk.data(), static_cast<std::size_t>(n));
  }
  return content;
}

std::string last_line(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  const std::size_t line_break = text.rfind('\n');
  return std::string(line_break == std::string_view::npos ? text : text.substr(line_break + 1));
}

}  // namespace vpcp::lab
