#pragma once
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

using Argv = std::vector<std::string>;

/// An error of the machine under the lab, in one sentence.
Error machine_error(std::string message);
/// The same, with what errno says.
Error errno_error(const std::string& what);

/// Runs a program to its end with `input` on its standard input and gives back what it wrote to standard
/// output and error (64 KiB of it). A program that fails, or is not done after `limit` and gets killed, is an
/// error that quotes its last line.
Result<std::string> run_program(const Argv& argv, std::string_view input = {},
                                milliseconds limit = seconds{30});

/// The same in a named network namespace.
Result<std::string> run_in_netns(const std::string& netns, const Argv& argv, std::string_view input = {});

/// Opens, or an error that names the path. The descriptor is closed on exec.
Result<FileDescriptor> open_path(const std::string& path, int flags, mode_t mode = 0);
/// Writes the whole file with this mode, atomically: a reader sees the old bytes or the new ones.
Status write_file(const std::string& path, std::string_view content, mode_t mode = 0644);
/// The file's content (1 MiB of it), empty when it cannot be read.
std::string read_file(const std::string& path);
/// What stands after the last line break, white space at the end aside.
std::string last_line(std::string_view text);

}  // namespace vpcp::lab
