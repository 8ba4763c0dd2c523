#pragma once
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "vpcp/base/result.h"

namespace vpcp::lab {

/// Moves the calling thread into a named network namespace, for the rest of its life.
Status enter_netns(const std::string& netns);

/// Runs `work` on a thread of its own inside the namespace. Sockets and devices it makes stay there.
template <class T>
Result<T> in_netns(const std::string& netns, const std::function<Result<T>()>& work) {
  std::optional<Result<T>> result;
  std::thread([&] {
    const Status entered = enter_netns(netns);
    result = entered.ok() ? work() : Result<T>(entered.error());
  }).join();
  return *std::move(result);
}

[[nodiscard]] bool netns_exists(const std::string& netns);
/// Makes the namespace, with its loopback up; nothing to do when it is there.
Status make_netns(const std::string& netns);
/// Gone afterwards, also when it was not there.
void delete_netns(const std::string& netns);

}  // namespace vpcp::lab
