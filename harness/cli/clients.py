"""Client libraries and applications of other languages, from npm: ioredis through failovers, bull's queues of jobs.

Installs them into build/clients, which takes a network once. What follows a lone -- goes to pytest.
"""
import os
import shutil
import subprocess

from harness.cli.support import apt, builder, interpreter, packages, repo
from harness.cli.support.steps import Stop, heading

CLIENTS = repo.ROOT / "harness" / "clients"
LIBRARIES = ("ioredis", "bull")


def add_arguments(parser) -> None:
    parser.add_argument("--server", help="the server's command (default: the newest that can be built here)")


def run(args) -> int:
    apt.install_missing(packages.TEST, packages.CLIENTS, *([] if args.server else [packages.BUILD]))
    python = interpreter.find_or_make()
    server = args.server or _built()
    for name in LIBRARIES:
        os.environ[f"STRATA_{name.upper()}"] = _from_npm(name)
    heading(f"clients of {server}")
    command = [python, "-m", "pytest", repo.shown(CLIENTS), "--server", server, *args.rest]
    return subprocess.run(command, cwd=repo.ROOT).returncode


def _built() -> str:
    target = repo.stages()[-1].target
    heading(f"building {target} (release)")
    builder.build("release", target)
    return str(repo.build_folder("release") / target)


def _from_npm(name: str) -> str:
    """The folder of the library, in the version that its package-lock.json names; installed when it is not there."""
    source, folder = CLIENTS / name, repo.ROOT / "build" / "clients" / name
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "package-lock.json"
    if not lock.exists() or lock.read_bytes() != (source / lock.name).read_bytes() or not (folder / "node_modules").is_dir():
        heading(f"{name} from npm, into {repo.shown(folder)}")
        for file in ("package.json", "package-lock.json"):
            shutil.copyfile(source / file, folder / file)
        if subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder).returncode != 0:
            lock.unlink()
            raise Stop(f"npm could not install {name}: it takes a network")
    return str(folder / "node_modules" / name)
