"""Builds the site: one folder per language under build/handbook, and a page above them that leads to one of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from harness.handbook import site

_ENTRANCE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Strata</title>
<link rel="icon" href="en/assets/images/favicon.png">
<script>location.replace((/^zh/.test(navigator.language) ? "zh" : "en") + "/index.html")</script>
<p><a href="en/index.html">English</a> · <a href="zh/index.html" lang="zh">中文</a></p>
</html>
"""


class BuildError(RuntimeError):
    """mkdocs could not build the site; the text is its own."""


def build(root: Path) -> Path:
    """Builds both languages anew; the folder of the site. What mkdocs warns of is an error."""
    folder = site.output(root)
    shutil.rmtree(folder, ignore_errors=True)
    for language in site.LANGUAGES:
        command = ["mkdocs", "build", "--strict", "--quiet", "--config-file", str(site.settings(root, language))]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise BuildError(f"{' '.join(command)}\n{done.stdout}{done.stderr}".strip())
    (folder / "index.html").write_text(_ENTRANCE, encoding="utf-8")
    return folder
