"""One server process: started from a command line, watched, stopped, and never left behind.

    test process
      `-- server            own session and process group, own temporary directory (also its working directory)
            `-- children    killed with the group; a daemonized one, which leaves the group, is found by its directory

Any program that takes Redis's command line will do: `COMMAND [conf file] --port N --dir TMP --option value ...`.
Output of the process goes to `server.log` in its directory. If the test process itself is killed, the kernel kills the
server with it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Mapping, Sequence, Union

from .ports import Port, claim_port, is_free
from .resp import RespError
from .timing import scaled
from .wait import wait_until
from .wire import Address, Wire

OptionValue = Union[str, int, Sequence[Union[str, int]], None]
Options = Mapping[str, OptionValue]

START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0
_BIND_ATTEMPTS = 5
_LONGEST_LOG = 16 << 20
_SANITIZER_MARKS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


_open_servers: set["Server"] = set()


@atexit.register
def _close_forgotten() -> None:
    for server in list(_open_servers):
        server.close()


class ServerError(AssertionError):
    """The server did not start, did not stop, or died."""


def option_arguments(options: Options) -> list[str]:
    """{"maxclients": 5, "save": ""} as ["--maxclients", "5", "--save", ""]; a list gives several values, None nothing."""
    arguments: list[str] = []
    for name, value in options.items():
        if value is None:
            continue
        arguments.append("--" + name.replace("_", "-"))
        values = [value] if isinstance(value, (str, int)) else value
        arguments += [str(one) for one in values]
    return arguments


def exit_text(returncode: int | None) -> str:
    """How a process ended, in words."""
    if returncode is None:
        return "still running"
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"exited with code {returncode}"


def problem_line(problem: str) -> str:
    """The one line of `Server.failure()`, or of a ServerError, that says what happened."""
    lines = problem.splitlines() or [""]
    return next((line.strip() for line in lines if any(mark in line for mark in _SANITIZER_MARKS)), lines[0])


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A server of its own. `start` before use, `close` after (or `with`); what is forgotten is closed at the exit.

    `options` replace the harness's own (port, bind, dir, save) of the same name; with None it is not given at all, so
    that the conf file or the server's default holds. With `conf`, a file of that text is passed first; with `stdin`,
    that text is piped to the server (give "-" in `leading`).
    """

    def __init__(self, command: str, options: Options | None = None, conf: str | None = None,
                 leading: Sequence[str] = (), stdin: str | None = None, name: str = "server") -> None:
        self.command = shlex.split(command)
        self.options = dict(options or {})
        self.name = name
        self.dir = Path(tempfile.mkdtemp(prefix="strata-harness-")).resolve()
        self.log_path = self.dir / "server.log"
        self.conf_path: Path | None = None
        if conf is not None:
            self.conf_path = self.dir / "redis.conf"
            self.conf_path.write_text(conf)
        self.stopping = False  # the test or the harness asked it to end
        self.process: subprocess.Popen[bytes] | None = None
        self.unwritten = ""  # "ERR TODO 1.1 ...": why it cannot run any command yet
        self._leading = list(leading)
        self._stdin = stdin
        self._port: Port | None = None
        _open_servers.add(self)
        self.wires: list[Wire] = []  # every connection made by `wire`, for the report

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- where it is ------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        if self._port is None:
            self._port = claim_port()
        return self._port.number

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def address(self) -> Address:
        """TCP, or the unix socket for a server without a port."""
        path = self.options.get("unixsocket")
        if str(self.options.get("port", "")) == "0" and isinstance(path, str):
            return path
        return (self.host, self.port)

    @property
    def pid(self) -> int:
        assert self.process is not None, "the server was never started"
        return self.process.pid

    @property
    def argv(self) -> list[str]:
        """The whole command line."""
        given = {name.replace("_", "-") for name in self.options}
        own: dict[str, OptionValue] = {"port": self.port, "bind": self.host, "dir": str(self.dir), "save": ""}
        own = {name: value for name, value in own.items() if name not in given}
        conf = [str(self.conf_path)] if self.conf_path else []
        return self.command + conf + self._leading + option_arguments(own) + option_arguments(self.options)

    # -- life -------------------------------------------------------------------------------------------------------

    def start(self, wait: bool = True) -> "Server":
        """Starts the process and, with `wait`, returns when it answers PING.

        A port that somebody else grabbed in between is replaced; any other early end raises ServerError.
        """
        for _ in range(_BIND_ATTEMPTS):
            self._replace_lost_port()
            self._spawn()
            if not wait or self._wait_ready():
                return self
            if not self._port_is_lost():
                break
        raise ServerError(f"{self.name} did not start: {exit_text(self.returncode)}\n{self.log_tail()}")

    def _port_is_lost(self) -> bool:
        """Does somebody else listen on our port? Asked while our process does not run."""
        return self._port is not None and not is_free(self._port.number)

    def _replace_lost_port(self) -> None:
        """Also keeps a stranger's server on this port from being taken for ours when it answers PING."""
        if self._port is not None and self._port_is_lost():
            self._port.release()
            self._port = None

    def _spawn(self) -> None:
        assert not self.alive(), "the server runs already"
        self.stopping = False
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.argv, cwd=self.dir, stdout=log, stderr=log, start_new_session=True, preexec_fn=_die_with_parent,
                stdin=subprocess.PIPE if self._stdin is not None else subprocess.DEVNULL)
        if self._stdin is not None:
            assert self.process.stdin is not None
            self.process.stdin.write(self._stdin.encode())
            self.process.stdin.close()

    def _wait_ready(self) -> bool:
        """True once it answers, False when it ended. Raises ServerError when it does neither in time, or when it cannot
        run any command because a task is still to be written."""
        self.unwritten = ""
        try:
            state = wait_until(lambda: "ended" if not self.alive() else ("ready" if self.answers() else self.unwritten),
                               START_TIMEOUT, f"{self.name} (pid {self.pid}) to answer PING")
        except AssertionError:
            listens = isinstance(self.address, str) or not is_free(self.port)
            what = "it listens, but PING gets no proper reply" if listens else f"nothing listens on port {self.port}"
            self.kill()
            raise ServerError(f"{self.name} (pid {self.pid}) did not come to answer PING in "
                              f"{scaled(START_TIMEOUT):.1f} s: {what}\n{self.log_tail()}") from None
        if self.unwritten:
            self.kill()
            raise ServerError(f"{self.name} runs, but PING gets -{self.unwritten}\n{self.log_tail()}")
        return state == "ready"

    def answers(self, timeout: float = 1.0) -> bool:
        """Does it answer PING now? An error counts, too: a server that wants a password is up. One that is loading is
        not, nor one that says that a task is still to be written, which `unwritten` then tells."""
        try:
            with Wire(self.address, timeout=timeout, name="probe") as probe:
                reply = probe("PING")
        except (OSError, AssertionError):
            return False
        if isinstance(reply, RespError) and reply.text.startswith("ERR TODO "):
            self.unwritten = reply.text
            return False
        return reply == "PONG" or (isinstance(reply, RespError) and reply.code not in ("LOADING", "MASTERDOWN"))

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def returncode(self) -> int | None:
        """As subprocess has it: None while it runs, -N when signal N ended it."""
        return self.process.poll() if self.process else None

    def wait_dying(self, timeout: float = 0.5) -> None:
        """A crashing process closes its sockets a moment before it is gone: waits for that moment, if it is one."""
        if self.process is not None:
            try:
                self.process.wait(scaled(timeout))
            except subprocess.TimeoutExpired:
                pass

    def wait_exit(self, timeout: float = STOP_TIMEOUT) -> int:
        """Waits for the end that the test has caused, and returns the exit code."""
        self.stopping = True
        assert self.process is not None
        try:
            return self.process.wait(scaled(timeout))
        except subprocess.TimeoutExpired:
            raise ServerError(f"{self.name} (pid {self.pid}) did not end in {scaled(timeout):.1f} s") from None

    def signal(self, number: int) -> None:
        """Sends a signal to the server process alone."""
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for the whole group when that does not help."""
        self.stopping = True
        if self.alive():
            self.signal(signal.SIGTERM)
            try:
                self.wait_exit()
            except ServerError:
                pass
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the server, its group, and whatever else lives in its directory."""
        self.stopping = True
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pid in processes_in(self.dir):
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(pid, signal.SIGKILL)

    def restart(self) -> "Server":
        """A new process with the same command line and directory; the data is what the server itself kept."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """Ends everything and removes the directory. May be repeated."""
        _open_servers.discard(self)
        for wire in self.wires:
            wire.close()
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)
        if self._port is not None:
            self._port.release()
            self._port = None

    # -- clients ----------------------------------------------------------------------------------------------------

    def wire(self, protocol: int = 2, name: str = "client", **arguments: object) -> Wire:
        """A raw connection, closed with the server at the latest. With protocol 3, HELLO has been said."""
        wire = Wire(self.address, name=name, **arguments)  # type: ignore[arg-type]
        self.wires.append(wire)
        if protocol == 3:
            hello = wire("HELLO", 3)
            assert isinstance(hello, dict), f"HELLO 3 answered {hello!r} instead of a map"
        return wire

    # -- what happened ----------------------------------------------------------------------------------------------

    def log_text(self) -> str:
        """What the server printed; of a log without measure, the end."""
        if not self.log_path.exists():
            return ""
        with open(self.log_path, "rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - _LONGEST_LOG))
            return log.read(_LONGEST_LOG).decode(errors="replace")

    def log_tail(self, lines: int = 30) -> str:
        return "\n".join(self.log_text().splitlines()[-lines:])

    def wait_log(self, part: str, timeout: float = 5.0) -> str:
        """Waits for a log line that contains `part`, and returns it."""
        def find() -> str | None:
            return next((line for line in self.log_text().splitlines() if part in line), None)
        found = wait_until(find, timeout, f"a log line with {part!r}")
        assert found is not None
        return found

    def failure(self) -> str | None:
        """What went wrong with the process itself: an end that nobody asked for, or a sanitizer's report."""
        text = self.log_text()
        for mark in _SANITIZER_MARKS:
            if mark in text:
                return text[max(0, text.index(mark) - 200):][:6000]
        if self.process is not None and not self.alive() and not self.stopping:
            return f"{self.name} (pid {self.pid}) {exit_text(self.returncode)}"
        return None


def processes_in(directory: Path) -> list[int]:
    """Processes that work in `directory`: nobody but a server that was told `--dir` does, daemons included."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            if os.readlink(f"/proc/{entry}/cwd") == str(directory):
                found.append(int(entry))
        except OSError:
            continue  # gone, a zombie, or not ours
    return found
