#include "vpcp/base/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

namespace vpcp {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}
int new_file() {
  return ::memfd_create("file_descriptor_test", MFD_CLOEXEC);
}

TEST(FileDescriptor, IsClosedOnceWhenItsLastOwnerGoes) {
  const int fd = new_file();
  {
    FileDescriptor first(fd);
    FileDescriptor second(std::move(first));
    EXPECT_FALSE(first.open());
    EXPECT_EQ(second.get(), fd);
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(FileDescriptor, ClosesWhatItHeldBeforeAnotherIsAssigned) {
  const int before = new_file();
  const int after = new_file();
  FileDescriptor owner(before);
  owner = FileDescriptor(after);
  EXPECT_FALSE(is_open(before));
  EXPECT_TRUE(is_open(after));
  owner.reset();
  EXPECT_FALSE(is_open(after));
}

TEST(FileDescriptor, ThatIsReleasedIsTheCallersToClose) {
  const int fd = new_file();
  EXPECT_EQ(FileDescriptor(fd).release(), fd);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(WriteAll, WritesMoreThanAPipeTakesAtOnce) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const std::string sent(1'000'000, 'x');
  std::string received;
  std::jthread reader([&received, reading = FileDescriptor(ends[0])] {
    char some[4096];
    for (ssize_t n = 0; (n = ::read(reading.get(), some, sizeof some)) > 0;)
      received.append(some, static_cast<std::size_t>(n));
  });
  FileDescriptor writing(ends[1]);
  EXPECT_TRUE(write_all(writing.get(), sent));
  writing.reset();
  reader.join();
  EXPECT_EQ(received, sent);
}

TEST(WriteAll, SaysByErrnoWhyItCannot) {
  const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full.open());
  EXPECT_FALSE(write_all(full.get(), "x"));
  EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace vpcp
