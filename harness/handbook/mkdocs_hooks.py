"""How a page of docs/ becomes a page of the site; mkdocs calls these functions.

The pages are written for readers of the repository, too: they link to ../../stages/... and show ../figures/.... Here

  ../figures/x.svg          becomes  figures/x.svg, copied from docs/figures; so do the drawings in the page's language
  ../../stages/a/b.h        becomes  source/stages/a/b.h.html, a page that shows the file as it is
  <details>                 is given the Markdown inside it
  an image in a paragraph   becomes a figure whose caption is its text
  a page without a translation is shown in English

and the index of the Chinese search gets its characters apart.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from harness.handbook import excerpts, site  # noqa: E402  (mkdocs knows nothing of the repository)

SOURCE = "source/"  # where the files of the repository are in the site
_IN_REPOSITORY = re.compile(r"\]\(\.\./\.\./([^)#\s]+)(#[^)\s]*)?\)")
_MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
_LONE_IMAGE = re.compile(r'<p>(<img alt="([^"]*)"[^>]*>)</p>')
_CHARACTER = re.compile(r"([\u3400-\u9fff])")


def _language(config) -> str:
    return Path(config["docs_dir"]).name


def on_files(files, config):
    docs = ROOT / "docs"
    places = [(docs, path) for path in sorted((docs / "figures").glob("*.svg"))]
    places += [(docs, path) for path in sorted((docs / "figures" / _language(config)).glob("*.svg"))]
    english = site.folder(ROOT, site.FIRST)
    present = {file.src_path for file in files}
    places += [(english, path) for path in sorted(english.glob("*.md")) if path.name not in present]
    for base, path in places:
        files.append(_file(path.relative_to(base).as_posix(), base, config))
    texts = [Path(file.abs_src_path).read_text(encoding="utf-8") for file in files if file.src_path.endswith(".md")]
    for target in sorted({found[0].rstrip("/") for text in texts for found in _IN_REPOSITORY.findall(text)}):
        if (ROOT / target).exists():
            files.append(_file(f"{SOURCE}{target}.md", ROOT, config))
    return files


def _file(path: str, base: Path, config) -> File:
    return File(path, str(base), config["site_dir"], config["use_directory_urls"])


def on_page_read_source(page, config):
    """The text of a page that shows a file of the repository; None: mkdocs reads the page itself."""
    if not page.file.src_path.startswith(SOURCE):
        return None
    name = page.file.src_path[len(SOURCE):-len(".md")]
    path = ROOT / name
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith((".", "__")))
        return f"# `{name}/`\n\n" + "\n".join(f"- `{entry}`" for entry in names)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    language = excerpts.LANGUAGES.get(path.suffix, "text")
    return f"# `{name}`\n\n``````{language}\n{text}\n``````\n"


def on_page_markdown(markdown, page, config, files):
    own = page.file.src_path
    if own.startswith(SOURCE):
        return _MARKDOWN_LINK.sub(lambda found: _link_of_source(found, own, files), markdown)
    markdown = markdown.replace("](../figures/", "](figures/").replace("<details>", '<details markdown="1">')
    return _IN_REPOSITORY.sub(lambda found: f"]({SOURCE}{found[1].rstrip('/')}.md{found[2] or ''})", markdown)


def _link_of_source(found: re.Match, own: str, files) -> str:
    """A link within a file of the repository: kept when the site has its target, else the words alone."""
    words, target, anchor = found[1], found[2], found[3] or ""
    if not target:
        return found[0]
    here = Path(own[len(SOURCE):]).parent
    path = os.path.normpath(here / target)
    page = path[len("docs/en/"):] if path.startswith("docs/en/") else f"{SOURCE}{path}.md"
    if files.get_file_from_path(page) is None:
        return words
    return f"[{words}]({os.path.relpath(page, Path(own).parent)}{anchor})"


def on_page_content(html, page, config, files):
    return _LONE_IMAGE.sub(r"<figure>\1<figcaption>\2</figcaption></figure>", html)


def on_post_page(output, page, config):
    """The selector of languages leads to the same page of the other site, which mkdocs knows nothing of; and characters that
    stand alone are words of no language that the search knows: it is told to leave them alone."""
    for other in config["extra"]["alternate"]:
        way = os.path.relpath(f"{other['lang']}/{_in(other['lang'], page)}", f"site/{Path(page.url).parent}")
        output = re.sub(rf'href="[^"]*" hreflang="{other["lang"]}"', f'href="{way}" hreflang="{other["lang"]}"', output)
    output = output.replace('"search.config.lang": "ja"', '"search.config.lang": "en"')
    return output.replace('"search.config.pipeline": "trimmer, stemmer"', '"search.config.pipeline": "stemmer"')


def _in(language: str, page) -> str:
    """The address of this page in a language's site, or of its start."""
    name = page.file.src_path
    places = (site.folder(ROOT, language), site.folder(ROOT, site.FIRST))  # an untranslated page is there, too
    return page.url if name.startswith(SOURCE) or any((place / name).is_file() for place in places) else "index.html"


def on_post_build(config):
    (Path(config["site_dir"]) / "404.html").unlink(missing_ok=True)  # its links hold at the root of a web server alone
    path = Path(config["site_dir"]) / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] = [entry for entry in index["docs"] if not entry["location"].startswith(SOURCE)]
    if _language(config) == "zh":
        for entry in index["docs"]:
            for field in ("title", "text"):
                entry[field] = _CHARACTER.sub("\u200b\\1\u200b", entry[field])
        index["config"]["separator"] = r"[\s\-\u200b，。、；：？！（）「」《》“”]+"
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
