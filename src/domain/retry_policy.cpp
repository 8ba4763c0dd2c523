#include "domain/retry_policy.h"

#include <algorithm>

namespace vpcp {
namespace {

constexpr seconds kTransientFirst{1};
constexpr minutes kTransientLast{5};
/// Vultr counts requests by the second, so one without a Retry-After is over soon.
constexpr seconds kThrottledDefault{5};
/// Locks and attachments of Vultr last from seconds to some minutes.
constexpr seconds kConflictFirst{2};
constexpr seconds kConflictLast{30};
/// A change of the object ends the wait at once; this is for what changes around it (a plan sold out, a new
/// image).
constexpr minutes kInvalid{10};
constexpr minutes kDeniedFirst{1};
constexpr minutes kDeniedLast{5};
/// A failure that lasts this many passes is worth a person's attention.
constexpr int kPersistent = 5;

milliseconds doubled(milliseconds first, milliseconds last, int attempts) {
  milliseconds delay = first;
  for (int i = 1; i < attempts && delay < last; ++i) delay *= 2;
  return std::min(delay, last);
}

/// A part of up to a quarter taken off, so that many keys do not come back together.
milliseconds spread(milliseconds delay, double random01) {
  return milliseconds{
      static_cast<milliseconds::rep>(static_cast<double>(delay.count()) * (1.0 - random01 / 4))};
}

LogLevel level_of_passing(int attempts) {
  return attempts < kPersistent ? LogLevel::Info : LogLevel::Warn;
}

Verdict judge_error(const Error& error, int attempts, double random01) {
  switch (error.kind) {
    case ErrorKind::Transient: {
      const milliseconds delay = spread(doubled(kTransientFirst, kTransientLast, attempts), random01);
      return {std::max(delay, error.retry_after.value_or(milliseconds{0})), level_of_passing(attempts)};
    }
    case ErrorKind::Throttled: {
      const milliseconds asked =
          std::max<milliseconds>(error.retry_after.value_or(kThrottledDefault), seconds{1});
      // Never before it was asked for, so the spread is added.
      return {asked * 2 - spread(asked, random01), level_of_passing(attempts)};
    }
    case ErrorKind::Conflict:
      return {doubled(kConflictFirst, kConflictLast, attempts), level_of_passing(attempts)};
    case ErrorKind::Invalid:
      return {kInvalid, LogLevel::Warn};
    case ErrorKind::Denied:
      return {spread(doubled(kDeniedFirst, kDeniedLast, attempts), random01), LogLevel::Error};
  }
  return {kTransientLast, LogLevel::Error};
}

}  // namespace

Verdict judge(const ReconcileResult& result, int attempts, double random01) {
  if (result.ok()) return {result->after, LogLevel::Debug};
  return judge_error(result.error(), attempts, random01);
}

}  // namespace vpcp
