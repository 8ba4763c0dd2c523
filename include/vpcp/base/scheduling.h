#pragma once

namespace vpcp {

/// Asks the kernel for short turns (0.1 ms instead of some 3 ms), for the calling thread and those that it
/// starts later: first thing in main. What wakes on a busy machine then runs at once, and need not wait for
/// the end of another's turn; a turn's length says nothing about the share of the processor. Linux 6.12 and
/// later (sched_setattr(2), sched_runtime of SCHED_OTHER); on others, and where a sandbox refuses it, nothing
/// happens.
void take_short_turns();

}  // namespace vpcp
