#!/usr/bin/python3
"""Follows a page as its reader would: runs every command of it, in order, in one shell, and compares what is seen.

  follow.py PAGE FOLDER [--write] [--seconds N] [--before TEXT PROGRAM]...

FOLDER is where the reader stands. Of a block that is marked "console", a line after "$ " is a command, lines after "> " go on
with it, and the others are what it prints; a line "…" stands for any number of lines. A command ends with 0, unless the next
one is "echo $?". Nothing is put into the page's place: what it does not say is not done. What differs from run to run (times,
counters, ids, keys, public addresses) is not compared. --write keeps what was seen now, to be read before it is committed.
--before runs a program of the test's own before the command that has this text in it.
Ends in "N commands, M differences"; exit status 1 unless M is 0.
"""
import argparse
import difflib
import os
import re
import select
import subprocess
import sys
import time

VARIES = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"[A-Za-z0-9+/]{43}=", "KEY"),
    (r"\(key [0-9a-f]{8}\)", "(key)"),
    (r"192\.0\.2\.\d+", "PUBLIC-IP"),
    (r"(under )?\d+(\.\d+)? (ms|s|min|h)\b", "TIME"),
    (r"\btime \d+ms", "TIME"),
    (r"\bnow\b", "TIME ago"),
    (r"\d+(\.\d+)? (B|kB|MB)\b", "BYTES"),
    (r"\b\d+ %", "N %"),
    (r"^\[\d+\] \d+$", "[JOB] PID"),
    (r"\[ *\d+\.\d+s\]", "[TIME]"),
    (r" +", " "),
]


def plain(line):
    for what, by in VARIES:
        line = re.sub(what, by, line)
    return line.strip()


class Step:
    """A command of the page, with the lines that it is said to print."""

    def __init__(self, at, command):
        self.at, self.command, self.expected = at, [command], []


def steps_of(lines):
    steps, inside = [], False
    for at, line in enumerate(lines):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            steps.append(Step(at, line[2:]))
        elif inside and line.startswith("> ") and not steps[-1].expected:
            steps[-1].command.append(line[2:])
        elif inside:
            steps[-1].expected.append(line)
    return steps


def matches(expected, seen):
    """Line by line, where "…" stands for any number of lines."""
    if not expected:
        return not seen
    if expected[0] == "…":
        return any(matches(expected[1:], seen[skipped:]) for skipped in range(len(seen) + 1))
    return bool(seen) and expected[0] == seen[0] and matches(expected[1:], seen[1:])


class Shell:
    """Commands go in by standard input, as from a keyboard: a shell that one of them starts reads the next ones."""

    MARK = "--followed--"

    def __init__(self, folder):
        self.process = subprocess.Popen(["bash"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)

    def run(self, command, seconds):
        """What it printed, and its exit status; None when it did not end in time."""
        mark = f"{{ seen_status=$?; printf '\\n{self.MARK} %s\\n' $seen_status; (exit $seen_status); }}\n"
        self.process.stdin.write(("\n".join(command) + "\n" + mark).encode())
        self.process.stdin.flush()
        text, end = b"", time.monotonic() + seconds
        pattern = re.compile(rb"\n" + self.MARK.encode() + rb" (\d+)\n")
        while not (found := pattern.search(text)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return text.decode(errors="replace"), None
            chunk = self.process.stdout.read()
            if chunk == b"":
                return text.decode(errors="replace"), None
            text += chunk or b""
        return text[: found.start()].decode(errors="replace"), int(found.group(1))


def status_is_good(step, following, status):
    return status == 0 or (status is not None and following is not None and following.command == ["echo $?"])


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("page")
    options.add_argument("folder")
    options.add_argument("--write", action="store_true")
    options.add_argument("--before", nargs=2, action="append", default=[])
    options.add_argument("--seconds", type=float, default=180, help="for each command")
    options = options.parse_args()
    with open(options.page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    steps, shell, differences = steps_of(lines), Shell(options.folder), 0
    for step, following in zip(steps, steps[1:] + [None]):
        began = time.monotonic()
        for words, program in options.before:
            if words in step.command[0]:
                subprocess.run(program, shell=True, check=True)
        text, status = shell.run(step.command, options.seconds)
        seen = [line.rstrip() for line in text.rstrip("\n").split("\n")] if text.strip("\n") else []
        good = status_is_good(step, following, status) and matches([plain(x) for x in step.expected], [plain(x) for x in seen])
        print(f"{'ok  ' if good else 'FAIL'} {time.monotonic() - began:6.1f} s  $ {step.command[0]}", flush=True)
        if not good:
            differences += 1
            print(f"  line {step.at + 1} of {options.page}, exit status {status}")
            print("".join(f"  {line}\n" for line in difflib.unified_diff(step.expected, seen, "page", "seen", lineterm="")))
        if status is None:
            print("  it has not ended; the commands after it are not run")
            break
        if "…" not in step.expected:
            step.expected_now = seen
    if options.write:
        for step in reversed(steps):
            if hasattr(step, "expected_now"):
                first = step.at + len(step.command)
                lines[first : first + len(step.expected)] = step.expected_now
        with open(options.page, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
    print(f"{len(steps)} commands, {differences} differences")
    sys.exit(0 if differences == 0 else 1)


main()
