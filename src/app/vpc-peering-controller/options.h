#pragma once
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/log.h"
#include "vpcp/base/secret.h"

namespace vpcp::app {

/// What `run` was asked to do. The API key comes from the environment only: an argument would show in the
/// process list.
struct RunOptions {
  std::string manifests;
  std::string state;
  std::string vultr_url{"https://api.vultr.com"};
  std::string metrics_listen{"127.0.0.1:9090"};
  LogFormat log_format{LogFormat::Json};
  LogLevel log_level{LogLevel::Info};
  int workers{4};
};

/// Each returns the exit status of the process: 0 good, 1 it failed, 2 it was asked for something impossible.
int run(const RunOptions& options);
int validate_files(const std::vector<std::string>& files);

}  // namespace vpcp::app
