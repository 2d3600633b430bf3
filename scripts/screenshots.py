"""Pictures of a page for the documentation: on a desk, on a phone, in the dark, and as printed on A4.

    python scripts/screenshots.py results/<folder>/report.html docs/images [NAME [FRAGMENT]]

writes desk.png, phone.png, dark.png and paper.png (with NAME: NAME-desk.png ...), and prints what the page measures: words and
pixels, A4 pages, bytes, seconds to open, messages of the console, and requests. FRAGMENT is what stands after the page in an
address, from '#' on. Needs the extra `test` and a Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import pypdf
from playwright.sync_api import Browser, Page, sync_playwright

DESK, PHONE, PAPER = {"width": 1400, "height": 1800}, {"width": 390, "height": 1500}, {"width": 680, "height": 962}
SETTLED_MS = 5000


def opened(browser: Browser, address: str, viewport: dict[str, int], dark: bool = False) -> tuple[Page, list[str], float]:
    """Return the page, opened and drawn as far as it is in view, what it said and fetched, and the seconds until it was ready."""
    page = browser.new_page(viewport=viewport, color_scheme="dark" if dark else "light", device_scale_factor=1)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None
    )
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    seconds = time.perf_counter() - start
    page.wait_for_timeout(SETTLED_MS)
    return page, said, seconds


def main() -> None:
    """Write the pictures and print the measures."""
    page_file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    prefix = f"{sys.argv[3]}-" if len(sys.argv) > 3 else ""
    address = page_file.resolve().as_uri() + (sys.argv[4] if len(sys.argv) > 4 else "")
    folder.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, viewport, dark in (("desk", DESK, False), ("phone", PHONE, False), ("dark", DESK, True)):
            page, said, seconds = opened(browser, address, viewport, dark)
            page.screenshot(path=folder / f"{prefix}{name}.png")
            height = page.evaluate("document.documentElement.scrollHeight")
            words = page.evaluate("document.body.innerText.split(/\\s+/).length")
            print(f"{name}: {height} px at {viewport['width']} px, {words} words, ready in {seconds:.2f} s, said {said}")
            page.close()
        page, _, _ = opened(browser, address, PAPER)
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.screenshot(path=folder / f"{prefix}paper.png")
        page.close()
        page, _, _ = opened(browser, address, DESK)
        with tempfile.TemporaryDirectory() as scratch:
            pdf = Path(scratch) / "page.pdf"
            page.pdf(path=pdf, prefer_css_page_size=True)
            print(f"paper: {len(pypdf.PdfReader(pdf).pages)} pages of A4; file: {page_file.stat().st_size / 1e6:.2f} MB")
        browser.close()


if __name__ == "__main__":
    main()
