#!/usr/bin/python3
"""The page of a controller at work, in headless Chromium: live_test.py URL BREAK MEND

BREAK and MEND are commands for a shell: one cuts the line between amsterdam and bangalore, the other gives it back."""
import subprocess
import sys
import time
import unittest

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


if __name__ == "__main__":
    MEND = sys.argv.pop(3)
    BREAK = sys.argv.pop(2)
    URL = sys.argv.pop(1)
    unittest.main()
