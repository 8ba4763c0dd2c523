#!/usr/bin/python3
"""The page of a controller at work, in headless Chromium, and its port under slow clients: live_test.py URL BREAK MEND

BREAK and MEND are commands for a shell: one cuts the line between amsterdam and bangalore, the other gives it back."""
import re
import socket
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

from browser import Browser

RED_WITHIN = 3.0  # seconds from the fault to the picture
DOWN = "document.querySelector('#stage .edge[data-health=Down] .wire')"
UP = "document.querySelector('#stage .edge[data-health=Up] .wire')"


class LivePage(unittest.TestCase):
    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def test_a_cut_line_turns_its_edge_red_without_a_reload(self):
        self.browser.look()
        self.browser.open(URL)
        self.assertIsNotNone(self.browser.wait(UP, 10), "no edge that is up")
        facts = self.browser.js("document.querySelector('main').innerText")
        for fact in ("ams-blr", "172.16.1.0/24", "172.16.2.0/24", "10.10.0.2"):
            self.assertIn(fact, facts)
        self.browser.js("window.sameDocument = true")
        self.addCleanup(subprocess.run, MEND, shell=True, check=True)
        began = time.monotonic()
        subprocess.run(BREAK, shell=True, check=True)
        self.assertIsNotNone(self.browser.wait(DOWN, 10 * RED_WITHIN), "no red edge")
        took = time.monotonic() - began
        print(f"red {took:.2f} s after the line was cut")
        self.assertLessEqual(took, RED_WITHIN)
        self.assertIn("is down", self.browser.js("document.querySelector('#news').textContent"))
        subprocess.run(MEND, shell=True, check=True)
        began = time.monotonic()
        self.assertIsNotNone(self.browser.wait(UP, 30), "the edge stays red")
        print(f"green {time.monotonic() - began:.2f} s after the line came back")
        self.assertTrue(self.browser.js("window.sameDocument"))
        self.assertEqual(self.browser.complaints(), [])


# A client takes nothing of a long answer, nothing of the events, or does not end its request.
SLOW_REQUESTS = (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")


class SlowClients(unittest.TestCase):
    SECONDS = 10

    def health_passes(self):
        """How many passes that look at health have ended, and how many seconds they took together."""
        with urllib.request.urlopen(URL + "metrics", timeout=10) as answer:
            text = answer.read().decode()
        return [float(re.search(rf'^vpcp_reconcile_seconds_{part}{{controller="health"}} (\S+)$', text, re.MULTILINE)[1])
                for part in ("count", "sum")]

    def passes_meanwhile(self, work):
        """Passes a second, and seconds a pass, while `work` is done again and again."""
        before, began = self.health_passes(), time.monotonic()
        while time.monotonic() < began + self.SECONDS:
            work()
            time.sleep(0.1)
        took = time.monotonic() - began
        count, seconds = (now - then for now, then in zip(self.health_passes(), before))
        self.assertGreater(count, 0, "no pass ended")
        return count / took, seconds / count

    def slow_client(self, number):
        client = socket.socket()
        self.addCleanup(client.close)
        self.clients.append(client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        where = urllib.parse.urlsplit(URL)
        client.connect((where.hostname, where.port))
        client.sendall(SLOW_REQUESTS[number % len(SLOW_REQUESTS)])

    def check_health(self):
        began = time.monotonic()
        with urllib.request.urlopen(URL + "healthz", timeout=10) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        return time.monotonic() - began

    def test_two_hundred_of_them_delay_neither_passes_nor_health_checks(self):
        self.clients = []
        alone = [self.passes_meanwhile(self.check_health)]
        for number in range(200):
            self.slow_client(number)
        checks = []
        rate, length = self.passes_meanwhile(lambda: checks.append(self.check_health()))
        for client in self.clients:
            client.close()
        # Just after it has become ready, and whenever a probe is lost, it looks more often: so before and after.
        alone.append(self.passes_meanwhile(self.check_health))
        rate_alone, length_alone = (min(values) for values in zip(*alone))
        print(f"{rate_alone:.2f} passes a second of {length_alone:.2f} s; beside 200 slow clients {rate:.2f} of {length:.2f} s, "
              f"/healthz answers after {max(checks) * 1000:.0f} ms at most")
        self.assertGreaterEqual(rate, 0.8 * rate_alone)
        self.assertLessEqual(length, 1.25 * length_alone + 0.1)
        self.assertLessEqual(max(checks), 1.0)


if __name__ == "__main__":
    MEND = sys.argv.pop(3)
    BREAK = sys.argv.pop(2)
    URL = sys.argv.pop(1)
    unittest.main()
