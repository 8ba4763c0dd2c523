#!/usr/bin/python3
"""`status --watch` on a terminal: it keeps itself up to date in place, and Ctrl-C leaves the screen as it was. watch_test.py FOLDER-OF-PROGRAMS"""
import base64
import contextlib
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from terminal import Terminal, check, write_peering

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # a screen of its own without a cursor, and back
HOME, REST_IS_EMPTY = "\x1b[H", "\x1b[J"


def frame(terminal, text):
    """The picture in which `text` is shown, whole."""
    shown = terminal.until(text) + terminal.until(REST_IS_EMPTY)
    return shown[shown.rindex(HOME):]


def watches_in_place(watch, state):
    terminal = Terminal(*watch)
    check(terminal.until(HOME) == ENTER + HOME, "it has a screen of its own")
    terminal.shown = HOME + terminal.shown
    healthy = frame(terminal, "● Up")
    write_peering(state, "ams-blr", "Down", "firewall (routed)", "RoutedTcpBlocked")
    broken = frame(terminal, "RoutedTcpBlocked")
    check("● Up" not in broken and "\x1b[K\n" in broken, "a change is drawn over the old picture, each line to its end", broken)
    check(ENTER not in broken and "\x1b[2J" not in broken, "without clearing the screen", broken)
    os.rename(state, f"{state}-away")
    check("vpcpctl: " in frame(terminal, "vpcpctl: "), "what cannot be read is said, and it goes on")
    os.rename(f"{state}-away", state)
    write_peering(state, "ams-blr")
    check(healthy.count("\n") == frame(terminal, "● Up").count("\n"), "what is there again is shown again")
    terminal.type("\x03")
    rest, code = terminal.ended()
    check(code == 0, "Ctrl-C ends it: status 0", code)
    check(rest.endswith(LEAVE) and rest.count(LEAVE) == 1, "the screen is left as it was", rest)
    check(terminal.is_as_before(), "so are the terminal's modes")


def ends_by_signal(watch, number):
    terminal = Terminal(*watch)
    terminal.until("● Up")
    terminal.process.send_signal(number)
    rest, code = terminal.ended()
    check(code == 0 and rest.endswith(LEAVE), f"{signal.Signals(number).name} ends it just so", (rest, code))


def writes_pictures_to_a_pipe(watch, state):
    process = subprocess.Popen(watch, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    text = ""

    def read_until(word):
        nonlocal text
        while word not in text:
            line = process.stdout.readline()
            check(line, f"a picture with {word} before its end", text)
            text += line

    read_until("● Up")
    write_peering(state, "ams-blr", "Down", "firewall (routed)", "RoutedTcpBlocked")
    read_until("RoutedTcpBlocked")
    process.send_signal(signal.SIGINT)
    text += process.communicate(timeout=20)[0]
    check(process.returncode == 0 and "\x1b" not in text, "without a terminal: one picture after another, and plain", text)


@contextlib.contextmanager
def api_server(work, answers):
    """A cluster that answers so many lists, and then none: its kubeconfig, and what is set when a list goes unanswered."""
    left, hanging, over = [answers], threading.Event(), threading.Event()

    class Lists(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            left[0] -= 1
            if left[0] < 0:
                hanging.set()
                over.wait(60)
                return
            body = b'{"items": []}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    certificate, key = os.path.join(work, "certificate"), os.path.join(work, "key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=api",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lists)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cluster = {"server": f"https://127.0.0.1:{server.server_address[1]}",
               "certificate-authority-data": base64.b64encode(pathlib.Path(certificate).read_bytes()).decode()}
    kubeconfig = os.path.join(work, "kubeconfig")
    pathlib.Path(kubeconfig).write_text(json.dumps({
        "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": {"token": "t"}}]}), encoding="utf-8")
    try:
        yield kubeconfig, hanging
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def ends_in_the_middle_of_a_question(vpcpctl, work, answers, number=None):
    """A request that is not answered would last 30 s."""
    with api_server(work, answers) as (kubeconfig, hanging):
        terminal = Terminal(vpcpctl, "--kubeconfig", kubeconfig, "status", "--watch")
        if answers:
            terminal.until("There is no VPCPeering")
        check(hanging.wait(20), "a question is not answered")
        time.sleep(0.2)  # for the program's threads to sleep
        begun = time.monotonic()
        terminal.process.send_signal(number) if number else terminal.type("\x03")
        rest, code = terminal.ended()
        took = time.monotonic() - begun
    by = signal.Signals(number).name if number else "Ctrl-C"
    check(code == 0 and took < 1, f"{by} ends it there within a second, after {answers} answers", (code, took, rest))
    if answers:
        check(rest.endswith(LEAVE) and rest.count(LEAVE) == 1, "the screen is left as it was then, too", rest)
    else:
        check(rest in ("", "^C"), "and there was nothing to be shown yet", rest)
    check(terminal.is_as_before(), "so are the terminal's modes")


def main():
    vpcpctl = pathlib.Path(sys.argv[1]).resolve() / "vpcpctl"
    for name in ("KUBECONFIG", "VPCP_MANIFESTS"):
        os.environ.pop(name, None)
    os.environ.update(LC_ALL="C.UTF-8", TERM="xterm", NO_COLOR="1")
    with tempfile.TemporaryDirectory() as work:
        state = os.path.join(work, "state")
        write_peering(state, "ams-blr")
        watch = [str(vpcpctl), "--state", state, "status", "ams-blr", "--watch"]
        watches_in_place(watch, state)
        ends_by_signal(watch, signal.SIGINT)
        ends_by_signal(watch, signal.SIGTERM)
        writes_pictures_to_a_pipe(watch, state)
        ends_in_the_middle_of_a_question(vpcpctl, work, answers=2)
        ends_in_the_middle_of_a_question(vpcpctl, work, answers=2, number=signal.SIGTERM)
        ends_in_the_middle_of_a_question(vpcpctl, work, answers=0)


main()
