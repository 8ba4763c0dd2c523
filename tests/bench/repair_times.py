#!/usr/bin/env python3
"""repair_times.py FOLDER NAME: "P50 P99 RUNS" in seconds, from what tests/bench/repair.sh and the watcher wrote there.

NAME: cut, joined, power, slow (when the metrics told of the edge), mtu, peers (probes lost, 0, probes sent), file (times of the host's own), deleted (less
the time from the new instance to the end of its cloud-init), anything else: from the fault to the first probe that is answered
after the last one lost, of the slowest kind of probe.
"""
import os
import sys

folder, name = sys.argv[1:]


def numbers(suffix):
    with open(os.path.join(folder, f"{name}.{suffix}")) as file:
        return [float(line) for line in file]


def runs():
    """(begin, end) of each run that came to its end; what is lost until the next one begins belongs to it."""
    return list(zip(numbers("began"), numbers("ended")))


def probes():
    """By host and kind: [(when it was sent, was it answered)], in order."""
    by_kind = {}
    for host in ("app-server", "db-server"):
        with open(os.path.join(folder, f"traffic-{host}.log")) as file:
            for line in file:
                words = line.split()
                if len(words) == 3:
                    by_kind.setdefault((host, words[1]), []).append((float(words[0]), words[2] == "1"))
    return [sorted(kind) for kind in by_kind.values()]


def back(begin, end):
    """Seconds until traffic crossed again by every kind of probe. 0: nothing was lost.

    The fault is made on a host after `begin`, which takes a while to get there: it counts from the last probe that was sent before the
    first one lost, so a tenth of a second too early at the most.
    """
    worst, made = 0.0, None
    for kind in probes_seen:
        lost = [at for at, answered in kind if begin <= at <= end and not answered]
        if lost:
            worst = max(worst, min((at for at, answered in kind if at > lost[-1] and answered), default=float("inf")))
            made = min(made or lost[0], max((at for at, _ in kind if at < lost[0]), default=begin))
    return worst - max(begin, made) if made else 0.0


def told(begin, wanted):
    with open(os.path.join(folder, "told.log")) as file:
        for line in file:
            words = line.split()
            if len(words) == 4 and float(words[0]) >= begin and words[3] == wanted:
                return float(words[0]) - begin
    return float("inf")


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if name in ("cut", "joined", "power", "slow"):
    times = [told(begin, "1" if name == "joined" else "0") for begin, _ in runs()]
elif name == "file":
    times = [us / 1e6 for us in numbers("us")]
else:
    probes_seen = probes()
    if name in ("mtu", "peers"):
        (begin, end), = runs()
        sent = [answered for kind in probes_seen for at, answered in kind if begin <= at <= end]
        print(sent.count(False), 0, len(sent))
        sys.exit()
    times = [back(begin, end) for begin, end in runs()]
    if name == "deleted":
        times = [time - (booted - made) for time, booted, made in zip(times, numbers("booted"), numbers("made"))]
print(f"{quantile(times, 0.5):.2f} {quantile(times, 0.99):.2f} {len(times)}")
