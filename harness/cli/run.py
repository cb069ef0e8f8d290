"""Build the newest stage's server and start it in the foreground.

Installs missing packages, builds the release preset, then becomes the server:
  ./strata run                              port 6379
  ./strata run -- --port 7000               every option of redis-server works
  ./strata run -- my.conf --appendonly yes
"""
import os
import socket

from harness.cli.support import apt, builder, packages, repo
from harness.cli.support.steps import Stop, heading, say


def add_arguments(parser) -> None:
    parser.add_argument("--preset", choices=builder.PRESETS, default="release", help="build to run (release)")


def run(args) -> int:
    if not repo.stages():
        raise Stop("no stage can run yet: no stages/NN_name/main.cpp")
    newest = repo.stages()[-1]
    apt.install_missing(packages.BUILD)
    heading(f"building {newest.target} ({args.preset})")
    builder.build(args.preset, "strata-server")

    server = repo.build_folder(args.preset) / "strata-server"
    port = _port(args.rest)
    if port and _taken(port):
        raise Stop(f"port {port} is in use (by another Redis?); choose one: ./strata run -- --port 7000")
    heading(f"starting {repo.shown(server)} (stage {newest.number}); Ctrl-C stops it")
    if port:
        say(f"talk to it from another terminal:  redis-cli -p {port}        (try: SET greeting hello)")
        say(f"measure it:                        redis-benchmark -p {port} -t set,get -q")
    os.execv(server, [str(server), *args.rest])


def _port(server_arguments: list) -> int:
    """The TCP port these arguments lead to, or 0 if only the server can tell (a configuration file, no TCP)."""
    values = [value for option, value in zip(server_arguments, server_arguments[1:]) if option == "--port"]
    if values:
        return int(values[-1]) if values[-1].isdigit() else 0
    has_file = bool(server_arguments) and not server_arguments[0].startswith("--")
    return 0 if has_file else 6379


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
