#include "adapters/directory/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace vpcp::directory {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLeftoverPrefix = ".tmp-";

Status sync_directory(const fs::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open() || ::fsync(fd.get()) != 0) return file_error("sync", directory);
  return {};
}

Status write_new_file(const fs::path& path, std::string_view text) {
  const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.open()) return file_error("create", path);
  if (!write_all(fd.get(), text)) return file_error("write", path);
  if (::fsync(fd.get()) != 0) return file_error("sync", path);
  return {};
}

}  // namespace

Error file_error(const std::string& doing, const fs::path& path) {
  const std::string why = std::error_code(errno, std::generic_category()).message();
  return {ErrorKind::Transient, "FileFailed", "cannot " + doing + " " + path.string() + ": " + why, {}};
}

Result<std::optional<FileText>> read_file(const fs::path& path, std::size_t limit) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.open()) {
    if (errno == ENOENT) return std::optional<FileText>{};
    const bool refused = errno == EACCES;
    Error error = file_error("open", path);
    if (refused) error.kind = ErrorKind::Denied;
    return error;
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return file_error("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorKind::Invalid, "NotAFile", path.string() + " is not a regular file", {}};
  }
  FileText file{"", info.st_mode & 07777U};
  // Room for all that the file has now.
  const auto size = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  std::vector<char> buffer(std::clamp(size + 1, std::size_t{512}, std::size_t{64} << 10U));
  while (file.text.size() < limit) {
    const ssize_t got = ::read(fd.get(), buffer.data(), std::min(buffer.size(), limit - file.text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("read", path);
    if (got == 0) break;
    file.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return std::optional(std::move(file));
}

Status write_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.parent_path() / (kLeftoverPrefix + path.filename().string());
  TRY(remove_file(temporary));
  if (Status written = write_new_file(temporary, text); !written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return file_error("rename to", path);
  return sync_directory(path.parent_path());
}

Status remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return file_error("remove", path);
  }
  return sync_directory(path.parent_path());
}

Status make_private_directory(const fs::path& path) {
  if (path.has_parent_path()) {
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    if (problem) {
      return Error{ErrorKind::Transient,
                   "FileFailed",
                   "cannot make " + path.parent_path().string() + ": " + problem.message(),
                   {}};
    }
  }
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return file_error("make", path);
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info {};
  if (!fd.open() || ::fstat(fd.get(), &info) != 0) return file_error("open the directory", path);
  if ((info.st_mode & 0077U) != 0 && ::fchmod(fd.get(), 0700) != 0)
    return file_error("close to others", path);
  return {};
}

Status remove_leftovers(const fs::path& directory) {
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(directory, problem)) {
    if (!entry.path().filename().string().starts_with(kLeftoverPrefix)) continue;
    TRY(remove_file(entry.path()));
  }
  if (!problem) return {};
  return Error{
      ErrorKind::Transient, "FileFailed", "cannot list " + directory.string() + ": " + problem.message(), {}};
}

}  // namespace vpcp::directory
