"""The fast check of the handbook's sources: what a page points at exists, and both languages point at the same.

  links, images     lead to a file of the repository; an anchor to a heading of that page
  `path/of/code.h`  is a file of the repository, or the end of one's path (pages say `resp/reply.h` for short)
  languages         the same pages in the same order, and in each the same headings, excerpts, links to code, images, paths,
                    as many rows of tables and blocks of code; a drawing that is there in the page's language is shown in it

Nothing is rendered and nothing but the standard library is needed, so this is part of `./strata test`.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

from harness.handbook import site
from harness.handbook.excerpts import DIRECTIVE

_FENCE = re.compile(r"^( *)(```+|~~~+).*?^\1\2`*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: *\{ *#([^\s}]+) *\})?$", re.MULTILINE)
_PATH = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:h|cpp|py|toml|md|svg|cmake)|(?:common|stages|harness|docs|bench|kit|cmake)/[\w./-]*")
_ROW = re.compile(r"^ *\|.*\|$", re.MULTILINE)
_SKIPPED = {".git", "build", "__pycache__", ".cache", ".pytest_cache", "node_modules"}


def problems(root: Path) -> list[str]:
    """All that is wrong, but for pages that are not translated yet."""
    found = []
    for language in site.LANGUAGES:
        found += _unlisted(root, language)
        for name in site.written(root, language):
            page = site.folder(root, language) / name
            found += [f"docs/{language}/{name}: {problem}" for problem in of_page(root, page) + _foreign_drawings(root, page)]
    order = [name for name in site.listed(root, "zh") if name in site.listed(root, "en")]
    if order != site.listed(root, "en"):
        found.append("docs/mkdocs.zh.yml: the pages are not those of docs/mkdocs.en.yml in the same order")
    for name in site.written(root, "en"):
        if (site.folder(root, "zh") / name).is_file():
            found += _different(root, name)
    return found


def untranslated(root: Path) -> list[str]:
    """Pages that are wanted in the second language and are not there."""
    return [name for name in site.listed(root, "en") if not (site.folder(root, "zh") / name).is_file()]


def of_page(root: Path, page: Path) -> list[str]:
    """Links, images and paths of code that lead nowhere."""
    text = page.read_text(encoding="utf-8")
    found = [problem for _, target in links(text) if (problem := _wrong_link(page, target))]
    return found + [f"`{path}`: there is no such file" for path in sorted(paths(text)) if not _is_there(root, path)]


def links(text: str) -> list[tuple[bool, str]]:
    """(is an image, target) of every link of a page's text, in order."""
    prose = _CODE.sub("", _FENCE.sub("", text))
    return [(mark == "!", target) for mark, target in _LINK.findall(prose)]


def paths(text: str) -> set[str]:
    """The words in `code` that look like paths of this repository."""
    words = {word for _, word in _CODE.findall(_FENCE.sub("", text))}
    return {word for word in words if _PATH.fullmatch(word) and "NN" not in word}  # NN: the number of a stage


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings: their own {#...}, or their words joined by hyphens."""
    return {own or _slug(title) for title, own in _HEADING.findall(_FENCE.sub("", text))}


def references(text: str) -> set[str]:
    """What a page shows and points at outside its prose; the same in every language."""
    outside = {("image " if image else "link ") + target.partition("#")[0] for image, target in links(text)
               if image or target.startswith("../../")}
    directives = {f"{found['kind']} {found['what']}" for found in DIRECTIVE.finditer(text)}
    headings = {f"heading #{anchor}" for anchor in anchors(text.partition("\n")[2])}  # all but the title
    parts = {f"{len(_FENCE.findall(text))} blocks of code", f"{len(_ROW.findall(_FENCE.sub('', text)))} rows of tables"}
    return outside | directives | headings | parts | {f"path {path}" for path in paths(text)}


def _slug(title: str) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", title)
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", words).strip().lower())


def _wrong_link(page: Path, target: str) -> str:
    if "://" in target or target.startswith("mailto:"):
        return ""
    path, _, anchor = target.partition("#")
    there = page.parent / path if path else page
    if not there.exists():
        # An untranslated page is shown in English.
        there = page.parents[1] / site.FIRST / path
        if not there.exists() or "/" in path:
            return f"{target}: there is no such file"
    if anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8")):
        return f"{target}: there is no such anchor"
    return ""


def _unlisted(root: Path, language: str) -> list[str]:
    listed, written = set(site.listed(root, language)), set(site.written(root, language))
    found = [f"docs/{language}/{name}: not listed in docs/mkdocs.{language}.yml" for name in sorted(written - listed)]
    absent = listed - written
    if language != site.FIRST:
        absent -= set(site.listed(root, site.FIRST))  # these are `untranslated`
    return found + [f"docs/mkdocs.{language}.yml: {name}: there is no such page" for name in sorted(absent)]


def _different(root: Path, name: str) -> list[str]:
    first, second = (references((site.folder(root, language) / name).read_text(encoding="utf-8")
                                .replace(f"](../figures/{language}/", "](../figures/"))  # one drawing, whatever its language
                     for language in site.LANGUAGES)
    return [f"docs/zh/{name}: without {one}, which is in docs/en" for one in sorted(first - second)] + \
           [f"docs/zh/{name}: {one} is not in docs/en" for one in sorted(second - first)]


def _foreign_drawings(root: Path, page: Path) -> list[str]:
    """Drawings that the page shows in another language than its own, although they are there in its own."""
    language = page.parent.name
    shown = [target.rpartition("/")[2] for image, target in links(page.read_text(encoding="utf-8"))
             if image and f"/figures/{language}/" not in target]
    return [f"../figures/{name}: it is there in figures/{language}, too" for name in shown
            if (root / "docs" / "figures" / language / name).is_file()]


def _is_there(root: Path, path: str) -> bool:
    return path.strip("/") in _endings(root)


@functools.lru_cache(maxsize=4)
def _endings(root: Path) -> set[str]:
    """Every file and folder of the repository by its whole path and by each end of it."""
    found = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in folders + files:
            parts = Path(folder, name).relative_to(root).parts
            found.update("/".join(parts[at:]) for at in range(len(parts)))
    return found
