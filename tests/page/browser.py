"""A headless Chromium, spoken to by its own protocol, and the page_stage that it looks at."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket  # python3-websocket

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-port=0",
         "--remote-allow-origins=*"]


class Stage:
    """The program that serves the page over a store in memory."""

    def __init__(self, program, scene="healthy"):
        self.process = subprocess.Popen([program, scene], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="vpcp-chromium-")
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen(["chromium", *FLAGS, "--user-data-dir=" + self.folder, "about:blank"],
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        self.number = 0
        self.events = []
        self.socket = websocket.create_connection(self._page(), timeout=20)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def _page(self):
        port_file = os.path.join(self.folder, "DevToolsActivePort")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with open(port_file) as file:
                    port = file.readline().strip()
                targets = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5))
                return next(t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page")
            except (OSError, StopIteration, ValueError):
                time.sleep(0.05)
        raise RuntimeError("Chromium does not start: " + open(os.path.join(self.folder, "log")).read()[-800:])

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def js(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", "exception"))
        return result["result"].get("value")

    def wait(self, expression, seconds=5.0):
        """Until the expression is true; how long that took, in seconds, or None."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.js(f"(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()"):
                return time.monotonic() - began
            time.sleep(0.03)
        return None

    def look(self, width=1280, height=900, dark=False, still=True, phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        if still:
            features.append({"name": "prefers-reduced-motion", "value": "reduce"})
        self.call("Emulation.setEmulatedMedia", features=features)

    def open(self, url):
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)

    def key(self, key, code=None):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode={"Tab": 9, "Enter": 13, "ArrowRight": 39}.get(key, 0))

    def picture(self, file, whole=True, height=None):
        params = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            params["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height or 6000), "scale": 1}
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.call("Page.captureScreenshot", **params)["data"]))

    def complaints(self):
        """What the browser itself found wrong: exceptions, refused by the policy, requests that failed."""
        self.js("1")
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(params["exceptionDetails"].get("exception", {}).get("description", "exception"))
            if event["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(params["entry"]["text"])
        return found

    def close(self):
        try:
            self.call("Browser.close")
        except (OSError, RuntimeError, websocket.WebSocketException):
            self.process.kill()
        self.process.wait(15)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
