"""A headless Chromium that opens pages from files, without a network, and tells what it complained about."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.tools import tool

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]


class Browser:
    """The browser, and what a test does in it."""

    def __init__(self, driver) -> None:
        self.driver = driver

    def open(self, path: Path, hash: str = "") -> None:
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(f"{path.resolve().as_uri()}{'#' + hash if hash else ''}")

    def run(self, script: str, *arguments):
        """What a script gives; `return` is written by it."""
        return self.driver.execute_script(script, *arguments)

    def ask(self, expression: str, *arguments):
        return self.run(f"return {expression}", *arguments)

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return self.find(selector).text

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def type(self, selector: str, words: str) -> None:
        field = self.find(selector)
        self.run("arguments[0].value = ''", field)
        field.send_keys(words)

    def press(self, *keys: str) -> None:
        """Keys, on what has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(getattr(Keys, key, key))

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses of what the page has loaded beside itself."""
        return self.ask("performance.getEntriesByType('resource').map((entry) => entry.name)")

    def size(self, width: int, height: int, scale: float = 1.0) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, **features: str) -> None:
        """`prefers_color_scheme="dark"`; `media="print"`."""
        medium = features.pop("media", "")
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": listed})

    def address(self, part: str) -> str:
        """What the address holds, once this part is in it."""
        for _ in range(200):
            if part in (address := self.ask("location.hash.slice(1)")):
                return address
        raise AssertionError(f"{part!r} is not in the address: {address!r}")

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        found = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        return base64.b64decode(found["data"])


@contextmanager
def chromium():
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = tool("chromium", "opens pages")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(tool("chromedriver", "drives chromium")))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
        browser = Browser(driver)
        browser.size(1440, 900)
        yield browser
    finally:
        driver.quit()
