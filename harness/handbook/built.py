"""The check of the built site's HTML: every link within it, with its anchor, and every image has its target."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.anchors.update(value for name in ("id", "name") if (value := told.get(name)))
        self.targets += [value for name in ("href", "src") if (value := told.get(name)) is not None]


def problems(folder: Path) -> list[str]:
    pages = {path.relative_to(folder).as_posix(): _Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    found = []
    for name, page in sorted(pages.items()):
        for target in sorted(set(page.targets)):
            if problem := _wrong(folder, pages, name, target):
                found.append(f"{name}: {target}: {problem}")
    return found


def _wrong(folder: Path, pages: dict[str, _Page], name: str, target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
    if (folder / path).is_dir():
        path = posixpath.join(path, "index.html")
    if not (folder / path).is_file():
        return "there is no such file"
    anchor = unquote(parts.fragment)
    if anchor and path in pages and anchor not in pages[path].anchors and anchor != "__skip":
        return "there is no such anchor"
    return ""
