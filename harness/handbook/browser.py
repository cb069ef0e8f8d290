"""The check of the built site in a headless browser: every page at the width of a phone, every drawing, the search of each language.

A page is wrong when its script or the console reports an error, when a request fails or goes to another machine, when an image has
no pixels, or when it is wider than the screen (what scrolls inside its own box is not). A drawing is wrong when a text leaves
it, overlaps another one or crosses the edge of a box: words of another language are wider.
"""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

from harness.handbook import site
from harness.handbook.devtools import Browser

WIDTH, HEIGHT = 390, 844  # CSS pixels of a common phone
QUERIES = {"en": "backlog", "zh": "快照"}  # words that pages of each language hold
_IMAGES = "[...document.images].filter(i => i.getClientRects().length && !(i.complete && i.naturalWidth)).map(i => i.src)"
_TOO_WIDE = """(() => {
  const limit = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= limit) return null;
  const scrolls = e => { for (; e && e !== document.body; e = e.parentElement)
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true; return false; };
  const wide = [...document.querySelectorAll('article *')].find(e => e.getBoundingClientRect().right > limit + 1 && !scrolls(e));
  return document.documentElement.scrollWidth + ' px' + (wide ? ': ' + wide.outerHTML.slice(0, 100) : '');
})()"""
_DRAWING = """(() => {
  const box = e => { const {x, y, width, height} = e.getBBox();
    return {words: e.textContent.trim(), left: x, right: x + width, top: y, middle: y + height / 2, bottom: y + height}; };
  const beside = (a, b) => a.right <= b.left || b.right <= a.left;
  const texts = [...document.querySelectorAll('text')].map(box).filter(text => text.words);
  const boxes = [...document.querySelectorAll('rect')].map(box), sheet = document.documentElement.viewBox.baseVal;
  return texts.flatMap((text, at) => [
    ...(text.left < 0 || text.right > sheet.width || text.middle > sheet.height ? [`"${text.words}" leaves the drawing`] : []),
    ...texts.slice(at + 1).filter(other => !beside(text, other) && Math.abs(text.middle - other.middle) < 8)
      .map(other => `"${text.words}" overlaps "${other.words}"`),
    ...boxes.filter(b => b.top < text.middle && text.middle < b.bottom && !beside(text, b) && (text.left < b.left || text.right > b.right))
      .map(() => `"${text.words}" crosses the edge of a box`)]);
})()"""
_SEARCH = """new Promise((done) => {
  const box = document.querySelector('.md-search__input');
  document.querySelector('#__search').click();
  const found = () => document.querySelectorAll('.md-search-result__item').length;
  let left = 600;
  const look = () => {
    if (found() || !left--) return done(found());
    if (!box.disabled && !box.value) {  // the index may take its time
      box.focus(); box.value = %r; box.dispatchEvent(new KeyboardEvent('keyup'));
    }
    setTimeout(look, 100);
  };
  look();
})"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args) -> None:
        pass


def serve(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Serves a folder on this machine alone, on a thread; port 0: any free one. The caller shuts it down."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def problems(root: Path) -> list[str]:
    """What is wrong with the built site; raises BrowserError when the browser cannot be used."""
    folder = site.output(root)
    pages = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    pages = [page for page in pages if not page.startswith("zh/source/")]  # the same as those of en/source
    server = serve(folder)
    base = f"http://127.0.0.1:{server.server_port}/"
    try:
        with Browser(limit=90) as browser:
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.call(f"{domain}.enable")
            browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=2, mobile=True)
            found = [f"{page}: {problem}" for page in pages for problem in _of_page(browser, base, page)]
            for drawing in sorted([*folder.glob("en/figures/*.svg"), *folder.glob("zh/figures/zh/*.svg")]):
                name = drawing.relative_to(folder).as_posix()
                _open(browser, base + name)
                found += [f"{name}: {problem}" for problem in browser.evaluate(_DRAWING)]
            for language in site.LANGUAGES:
                _open(browser, f"{base}{language}/index.html")
                if not browser.evaluate(_SEARCH % QUERIES[language]):
                    found.append(f"{language}: the search for {QUERIES[language]} finds nothing")
            return found
    finally:
        server.shutdown()
        server.server_close()


def _open(browser: Browser, address: str) -> None:
    browser.events.clear()
    browser.call("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")


def _of_page(browser: Browser, base: str, page: str) -> list[str]:
    _open(browser, base + page)
    found = [f"{image} has no pixels" for image in browser.evaluate(_IMAGES)]
    if wide := browser.evaluate(_TOO_WIDE):
        found.append(f"wider than {WIDTH} px: {wide}")
    return found + [text for event in browser.events if (text := _complaint(event, base))]


def _complaint(event: dict, base: str) -> str:
    """What an event says against the page; empty when nothing."""
    params = event.get("params", {})
    match event.get("method"):
        case "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            return f"script error: {details.get('exception', {}).get('description') or details['text']}"
        case "Runtime.consoleAPICalled" if params["type"] == "error":
            return f"console: {params['args'][0].get('value')}"
        case "Log.entryAdded" if params["entry"]["level"] == "error":
            return f"console: {params['entry']['text']} {params['entry'].get('url', '')}"
        case "Network.requestWillBeSent":
            address = params["request"]["url"]
            return "" if address.startswith((base, "data:", "blob:")) else f"asks another machine: {address}"
    return ""
