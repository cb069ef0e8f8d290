"""Build, serve or check the handbook, or bring what its pages take from the sources up to date.

  ./strata docs --build     the site of both languages, into build/handbook
  ./strata docs --serve     builds it, serves it on this machine, builds it again when a page changes
  ./strata docs --update    rewrite excerpts, translated drawings and generated pages in docs/ from the sources and the servers
  ./strata docs --check     all of: excerpts, drawings and generated pages are current, links, anchors, images and paths of code
                            exist, both languages say the same, the built site is whole, each page is fine in a headless
                            browser 390 px wide; exit code 1 when not. --fast: without building anything
"""
import time

from harness.cli.support import apt, builder, packages, repo
from harness.cli.support.steps import Stop, heading, say
from harness.handbook import browser, build, built, drawings, excerpts, reference, references
from harness.handbook.devtools import BrowserError

_PORT = 8000


def add_arguments(parser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    for name in ("build", "serve", "update", "check"):
        what.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--fast", action="store_true", help="with --check or --update: what needs neither servers nor a browser")
    parser.add_argument("--port", type=int, default=_PORT, help=f"of --serve (default: {_PORT})")


def run(args) -> int:
    try:
        if args.build:
            say(f"built: {repo.shown(_build())}/index.html")
            return 0
        if args.serve:
            return _serve(args.port)
        return _update(args.fast) if args.update else _check(args.fast)
    except (excerpts.ExcerptError, drawings.DrawingError, build.BuildError, BrowserError, reference.ReferenceError) as error:
        raise Stop(str(error)) from None


def _build():
    apt.install_missing(packages.DOCS)
    heading("building the handbook")
    return build.build(repo.ROOT)


def _serve(port: int) -> int:
    folder = _build()
    server = browser.serve(folder, port)
    say(f"http://127.0.0.1:{port}/ (Ctrl-C ends it)")
    seen = _stamp()
    try:
        while True:
            time.sleep(1)
            if (now := _stamp()) != seen:
                seen = now
                try:
                    build.build(repo.ROOT)
                    say("built again")
                except build.BuildError as error:  # a page that is being written
                    say(str(error))
    finally:
        server.shutdown()


def _stamp() -> float:
    """When the newest of the pages and figures was changed."""
    return max(path.stat().st_mtime for path in (repo.ROOT / "docs").rglob("*"))


def _update(fast: bool) -> int:
    changed = excerpts.update(repo.ROOT) + drawings.update(repo.ROOT)
    if not fast:
        changed += reference.update(repo.ROOT, _servers())
    for page in changed:
        say(f"{repo.shown(page)}: updated")
    return 0


def _check(fast: bool) -> int:
    old = excerpts.outdated(repo.ROOT) + drawings.outdated(repo.ROOT)
    found = [f"{repo.shown(path)}: out of date: ./strata docs --update" for path in old]
    found += drawings.problems(repo.ROOT)
    found += references.problems(repo.ROOT)
    found += [f"docs/zh/{name}: not translated yet" for name in references.untranslated(repo.ROOT)]
    if not fast:
        found += [f"{repo.shown(page)}: out of date: ./strata docs --update"
                  for page in reference.outdated(repo.ROOT, _servers())]
        folder = _build()
        found += built.problems(folder)
        heading("looking at every page, 390 px wide")
        found += browser.problems(repo.ROOT)
    for problem in found:
        say(problem)
    say(f"{len(found)} problems" if found else "nothing is wrong")
    return 1 if found else 0


def _servers():
    """The folder of the built servers, which the generated pages are asked of."""
    apt.install_missing(packages.BUILD, packages.TEST)
    builder.build("release", *(stage.target for stage in repo.stages()))
    return repo.build_folder("release")
