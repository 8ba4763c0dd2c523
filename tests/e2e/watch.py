#!/usr/bin/env python3
"""Watches traffic and what is said of it, with nothing of the product's code.

  watch.py traffic LAB-FOLDER FROM TO-ADDRESS > LOG   ten times a second an ICMP echo and a TCP handshake (port 22) from the
                                                      host's own network namespace, which it follows over reboots
  watch.py told STATUS-URL > LOG                      ten times a second what the metrics say: ready, edges up
  watch.py judge TOLD-LOG TRAFFIC-LOG...              when traffic was dead, when Ready or an edge was green meanwhile
  watch.py arguments > LOG                            the arguments of every process of the machine, as often as it can be read
  watch.py secrets SECRETS-FILE...                    reads text on standard input; 1 when one of the files' values is in it

A log has a line for each probe, named by the time when it was sent: "TIME icmp 1", "TIME tcp 0"; "TIME off 1" while the host itself is
not running, or not far enough to take connections; "TIME told READY EDGES".
"""
import base64
import bisect
import contextlib
import ctypes
import os
import select
import socket
import struct
import sys
import time
import urllib.parse
import urllib.request

PERIOD = 0.1
SYN, SYN_ACK = 0x02, 0x12
# Of the TCP packets that come in (with their IP header of 20 bytes) only those whose flags are SYN and ACK: BPF, as man 2 socket has it.
ONLY_SYN_ACK = [(0x30, 0, 0, 33), (0x15, 0, 1, SYN_ACK), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)]
SO_ATTACH_FILTER = 26
FIRST_PORT, PORTS = 20000, 10000  # below those that the kernel gives out
PATIENCE = 1.0  # a probe without an answer after this long is lost; the way there and back takes 0.15 s
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def say(*words):
    print(*words, flush=True)


# --- traffic ------------------------------------------------------------------------------------------------------------


def network_of(lab, name):
    """The path of the network namespace of the server with that label; None while it is off or gone."""
    hosts = os.path.join(lab, "run", "hosts")
    try:
        for folder in os.listdir(hosts):
            with open(os.path.join(hosts, folder, "name")) as file:
                if file.read().strip() != name:
                    continue
            with open(os.path.join(hosts, folder, "nspawn.pid")) as file:
                pid = file.read().strip()
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return f"/proc/{file.read().split()[0]}/ns/net"
    except (OSError, IndexError):
        pass
    return None


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


class Traffic:
    """Probes that are under way from one network namespace."""

    def __init__(self, target):
        self.target = target
        self.entered = None  # inode of the namespace
        self.entered_at = 0.0
        self.listened = False  # since then
        self.icmp = None
        self.tcp = None
        self.echoes = {}  # sequence number: when it was sent
        self.handshakes = {}  # sequence number: when it was begun
        self.sequence = os.getpid() & 0xFFFF  # another one in the same namespace has its own

    def enter(self, path):
        try:
            inode = os.stat(path).st_ino if path else None
            if inode is None or inode == self.entered:
                return inode is not None
            with open(path) as file:
                if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
                    return False
            for old in filter(None, (self.icmp, self.tcp)):
                old.close()
            self.icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            self.icmp.setblocking(False)
            self.tcp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
            self.tcp.setblocking(False)
            program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in ONLY_SYN_ACK))
            self.tcp.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(ONLY_SYN_ACK), ctypes.addressof(program)))
            self.entered, self.entered_at, self.listened = inode, time.time(), False
            return True
        except OSError:
            return False

    def boots(self, now):
        """Nothing on this host has taken connections yet to the port that the other host's probes come to. That ends once, and in a minute
        at most: a server that is not heard of later has no excuse."""
        if self.listened or now - self.entered_at > 60:
            return False
        try:
            lines = []
            for table in "tcp", "tcp6":
                with open(f"/proc/self/net/{table}") as file:
                    lines += file.read().splitlines()[1:]
        except OSError:
            return False
        self.listened = any(line.split()[1].endswith(":0016") and line.split()[3] == "0A" for line in lines)
        return not self.listened

    def send(self, now):
        self.sequence = (self.sequence + 1) & 0xFFFF
        head = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xFFFF, self.sequence)
        packet = struct.pack("!BBHHH", 8, 0, checksum(head), os.getpid() & 0xFFFF, self.sequence)
        try:
            self.icmp.sendto(packet, (self.target, 0))
            self.echoes[self.sequence] = now
        except OSError:
            say(f"{now:.3f} icmp 0")
        try:
            self.tcp.sendto(self.first_of_handshake(), (self.target, 0))
            self.handshakes[self.sequence] = now
        except OSError:
            say(f"{now:.3f} tcp 0")

    def first_of_handshake(self):
        """A SYN. What comes back is not known to the kernel here, which refuses it: so no connection reaches sshd there, to which each is a
        process. The number of the probe is that of the port and of the sequence (RFC 9293, section 3.1)."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect((self.target, 22))
            source = way.getsockname()[0]
        ports = (FIRST_PORT + self.sequence % PORTS, 22)
        segment = lambda check: struct.pack("!HHIIBBHHH", *ports, self.sequence, 0, 5 << 4, SYN, 64240, check, 0)
        pseudo = socket.inet_aton(source) + socket.inet_aton(self.target) + struct.pack("!BBH", 0, socket.IPPROTO_TCP, 20)
        return segment(checksum(pseudo + segment(0)))

    def take_answers(self, until):
        while (left := until - time.time()) > 0:
            readable, _, _ = select.select([source for source in (self.icmp, self.tcp) if source], [], [], left)
            if self.icmp in readable:
                self.take_echo()
            if self.tcp in readable:
                self.take_handshake()

    def take_echo(self):
        try:
            packet = self.icmp.recv(2048)
        except OSError:
            return
        kind, _, _, ident, sequence = struct.unpack("!BBHHH", packet[20:28])
        if kind == 0 and ident == os.getpid() & 0xFFFF and sequence in self.echoes:
            say(f"{self.echoes.pop(sequence):.3f} icmp 1")

    def take_handshake(self):
        try:
            packet = self.tcp.recv(2048)
        except OSError:
            return
        source, target, _, acknowledged = struct.unpack("!HHII", packet[20:32])
        number = acknowledged - 1
        of_ours = packet[12:16] == socket.inet_aton(self.target) and source == 22 and target == FIRST_PORT + number % PORTS
        if of_ours and number in self.handshakes:
            say(f"{self.handshakes.pop(number):.3f} tcp 1")

    def give_up(self, now):
        for sequence in [s for s, at in self.echoes.items() if now - at > PATIENCE]:
            say(f"{self.echoes.pop(sequence):.3f} icmp 0")
        for sequence in [s for s, at in self.handshakes.items() if now - at > PATIENCE]:
            say(f"{self.handshakes.pop(sequence):.3f} tcp 0")


def traffic(lab, name, target):
    state = Traffic(target)
    due = time.time()
    while True:
        now = time.time()
        network = network_of(lab, name)
        entered = state.enter(network)
        if entered:
            state.send(now)
        else:
            say(f"{now:.3f} icmp 0")
            say(f"{now:.3f} tcp 0")
        if network is None or (entered and state.boots(now)):
            say(f"{now:.3f} off 1")
        due = max(due + PERIOD, now)
        state.take_answers(due)
        time.sleep(max(0.0, due - time.time()))
        state.give_up(time.time())


# --- what is told -------------------------------------------------------------------------------------------------------


def told(url):
    due = time.time()
    while True:
        now = time.time()
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                lines = answer.read().decode().splitlines()
            value = lambda name: [line.split()[-1] for line in lines if line.startswith(name + "{")]
            ready, edges = value("vpcp_peering_ready"), value("vpcp_edge_up")
            say(f"{now:.3f} told {int('1' in ready)} {int('1' in edges)}")
        except OSError:
            say(f"{now:.3f} told - -")  # nobody says anything: the controller does not run
        due = max(due + PERIOD, now)
        time.sleep(max(0.0, due - time.time()))


# --- the verdict --------------------------------------------------------------------------------------------------------


def times_of(kind, path):
    with open(path) as file:
        return [float(words[0]) for words in map(str.split, file) if len(words) == 3 and words[1] == kind]


def dead_spans(path):
    """[begin, end) of every span in which at least five probes of one kind in a row were lost."""
    spans = []
    by_kind = {}
    with open(path) as file:
        for line in file:
            words = line.split()
            if len(words) == 3:
                by_kind.setdefault(words[1], []).append((float(words[0]), words[2] == "1"))
    for probes in by_kind.values():
        begin, lost = None, 0
        for at, answered in sorted(probes):
            if answered:
                if lost >= 5:
                    spans.append((begin, at))
                begin, lost = None, 0
            else:
                begin, lost = begin or at, lost + 1
        if lost >= 5:
            spans.append((begin, at))
    return sorted(spans)


def merged(spans):
    out = []
    for begin, end in sorted(spans):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return out


def judge(told_log, *traffic_logs):
    """A line for each span of dead traffic: when, how long, and how long Ready and the edge were green in it.

    An edge is not to blame while a server itself is off, or boots and takes no connections yet: Ready must say so, and the edge's time
    counts from when the server is there again.
    """
    off = sorted(at for log in traffic_logs for at in times_of("off", log))
    is_off = lambda at: bisect.bisect_left(off, at - 2 * PERIOD) < bisect.bisect_right(off, at)
    says = []
    with open(told_log) as file:
        for line in file:
            words = line.split()
            if len(words) == 4 and words[2] != "-":
                says.append((float(words[0]), words[2] == "1", words[3] == "1"))
    for begin, end in merged([span for log in traffic_logs for span in dead_spans(log)]):
        green, dead_edge = [0.0, 0.0], begin
        for at, ready, edge in says:
            if not begin <= at < end:
                continue
            if ready:
                green[0] = at - begin
            if is_off(at):
                dead_edge = at
            elif edge:
                green[1] = max(green[1], at - dead_edge)
        say(f"{begin:.3f} {end - begin:.1f} {green[0]:.1f} {green[1]:.1f}")


def arguments():
    """A process can become another program: it is read at the turns 0, 1, 2, 4, 8, 16 after it was seen first, and all are once a second."""
    seen, first, turn = set(), {}, 0
    while True:
        pids = set(filter(str.isdigit, os.listdir("/proc")))
        first = {pid: first.get(pid, turn) for pid in pids}
        for pid in pids:
            age = turn - first[pid]
            if age & (age - 1) and turn % 20:
                continue
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    line = file.read()
            except OSError:
                continue
            if line not in seen:
                seen.add(line)
                sys.stdout.buffer.write(line.replace(b"\0", b" ") + b"\n")
                sys.stdout.buffer.flush()
        turn += 1
        time.sleep(0.05)


def forms(value):
    """As it is, in a URL, and in base64, in which it can begin at any of three places of a longer text; of base64 also the bytes."""
    yield value
    yield urllib.parse.quote(value, safe="").encode()
    for before in range(3):
        encoded = base64.b64encode(b"-" * before + value)
        yield encoded[4 if before else 0 : (before + len(value)) // 3 * 4]
    with contextlib.suppress(ValueError):
        if base64.b64encode(raw := base64.b64decode(value, validate=True)) == value:
            yield raw


def secrets(*files):
    values = set()
    for path in files:
        with open(path, "rb") as file:
            values.update(value for value in file.read().split(b"\n") if len(value) >= 16)
    text = sys.stdin.buffer.read()
    found = sum(any(form in text for form in forms(value)) for value in values)
    say(f"{len(values)} secrets looked for in {len(text)} bytes: {found} found")
    return 1 if found or not values else 0


if __name__ == "__main__":
    commands = {"traffic": traffic, "told": told, "judge": judge, "arguments": arguments, "secrets": secrets}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    try:
        sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
    except KeyboardInterrupt:
        pass
