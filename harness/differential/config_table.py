"""Compare what two servers accept as configuration: the names and defaults of CONFIG GET *, and how values are refused.

    python3 -m harness.differential.config_table --a build/release/strata-stage1 --b redis-server

Exit status 0 when both tables are the same, 1 otherwise. With --probe, every option is also set to values that most
types refuse (and back again), and the replies are compared: error texts, ranges and choices then agree too.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

# Settings that a probe must leave alone: they would move or silence the server that is being asked.
UNTOUCHED = {"bind", "port", "requirepass", "maxclients", "rename-command"}
# Where the process stands, not what it was told.
OF_THE_PROCESS = {"dir"}
PROBES = ["xyz", "", "-1", "0", "-9223372036854775807", "9223372036854775807", "4294967296", "1mb", "50%", "yes"]
HIDDEN = ["key-load-delay", "rdb-key-save-delay", "watchdog-period", "lua-enable-deprecated-api", "use-exit-on-panic",
          "loading-process-events-interval-bytes"]


def read_reply(stream):
    """One RESP2 reply; errors come back as text that starts with '-'."""
    line = stream.readline().rstrip(b"\r\n").decode("latin-1")
    kind, rest = line[:1], line[1:]
    if kind == "*":
        return [read_reply(stream) for _ in range(int(rest))]
    if kind == "$":
        size = int(rest)
        return None if size < 0 else stream.read(size + 2)[:-2].decode("latin-1")
    return line


class Server:
    """One server on a unix socket in a folder of its own; TCP is off, so that two of them never meet."""

    def __init__(self, command):
        self.folder = tempfile.mkdtemp(prefix="config-table-")
        path = os.path.join(self.folder, "s")
        found = os.path.abspath(command) if os.path.exists(command) else command
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [*found.split(), "--port", "0", "--unixsocket", "s"],
            cwd=self.folder, stdout=self.log, stderr=subprocess.STDOUT)
        self.socket = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    with open(self.log.name, encoding="utf-8", errors="replace") as log:
                        sys.exit(f"{command} does not start:\n{log.read()}")
                time.sleep(0.02)
        self.stream = self.socket.makefile("rb")

    def ask(self, *words):
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            data = word.encode("latin-1")
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self.socket.sendall(b"".join(parts))
        return read_reply(self.stream)

    def options(self, *patterns):
        flat = self.ask("CONFIG", "GET", *patterns)
        return dict(zip(flat[::2], flat[1::2]))

    def close(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def compare_tables(a, b):
    found = []
    left, right = a.options("*", *HIDDEN), b.options("*", *HIDDEN)
    for name in sorted(left.keys() | right.keys()):
        if name in OF_THE_PROCESS:
            continue
        if left.get(name) != right.get(name):
            found.append(f"{name}: {left.get(name, 'missing')!r} and {right.get(name, 'missing')!r}")
    return found, sorted(left.keys() & right.keys())


def compare_probes(a, b, names):
    found = []
    for name in names:
        if name in UNTOUCHED or name in OF_THE_PROCESS:
            continue
        before = [server.options(name)[name] for server in (a, b)]
        for value in PROBES:
            replies = [server.ask("CONFIG", "SET", name, value) for server in (a, b)]
            shown = [server.options(name)[name] for server in (a, b)]
            if replies[0] != replies[1]:
                found.append(f"{name} {value!r}: {replies[0]!r} and {replies[1]!r}")
            elif shown[0] != shown[1]:
                found.append(f"{name} {value!r} is then shown as {shown[0]!r} and {shown[1]!r}")
        for server, value in zip((a, b), before):
            server.ask("CONFIG", "SET", name, value)
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--a", required=True, help="command of the first server")
    arguments.add_argument("--b", default="redis-server", help="command of the second server")
    arguments.add_argument("--probe", action="store_true", help="compare replies to CONFIG SET as well")
    chosen = arguments.parse_args()
    servers = []
    try:
        servers.append(Server(chosen.a))
        servers.append(Server(chosen.b))
        differences, common = compare_tables(*servers)
        if chosen.probe:
            differences += compare_probes(*servers, common)
    finally:
        for server in servers:
            server.close()
    for line in differences:
        print(line)
    print(f"{len(common)} options on both sides, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
