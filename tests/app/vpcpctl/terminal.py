"""A program on a terminal of its own, as a person has it; and what the tests of vpcpctl share."""
import os
import pathlib
import pty
import select
import subprocess
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent


class Terminal:
    """Runs the command on a pseudo-terminal. What it shows comes without the terminal's own line ends."""

    def __init__(self, *command, env=None):
        self.modes_of, slave = pty.openpty()
        self.before = termios.tcgetattr(self.modes_of)
        self.shown = ""
        # A session of its own with this terminal, so that Ctrl-C reaches the program as it does at a desk. setsid becomes the program.
        self.process = subprocess.Popen(["setsid", "--ctty", *map(str, command)], stdin=slave, stdout=slave, stderr=slave, env=env)
        os.close(slave)

    def type(self, text):
        os.write(self.modes_of, text.encode())

    def until(self, text, limit=20):
        """What is shown up to and with `text`, from where the last call ended."""
        end = time.monotonic() + limit
        while text not in self.shown:
            if not self._read(end):
                raise SystemExit(f"FAILED  {text!r} was not shown; there was: {self.shown!r}")
        at = self.shown.index(text) + len(text)
        part, self.shown = self.shown[:at], self.shown[at:]
        return part

    def ended(self, limit=20):
        """The rest of what is shown, and the exit code."""
        end = time.monotonic() + limit
        while self._read(end):
            pass
        return self.shown, self.process.wait(max(0.1, end - time.monotonic()))

    def is_as_before(self):
        return termios.tcgetattr(self.modes_of) == self.before

    def _read(self, end):
        if not select.select([self.modes_of], [], [], max(0, end - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self.modes_of, 65536)
        except OSError:  # nobody has the other end any more
            return False
        self.shown += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


def write_peering(state, *arguments):
    """A state directory as a controller leaves it: state.sh."""
    subprocess.run(["bash", "-c", '. "$0" && write_peering "$@"', HERE / "state.sh", str(state), *arguments], check=True)


def check(good, what, shown=""):
    print(f"{'ok     ' if good else 'FAILED '} {what}", flush=True)
    if not good:
        raise SystemExit(f"it was: {shown!r}")
