"""The process: start, listen, log, stop, and the report of a crash."""

import os
import re
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from strata_harness.resp import RespError
from strata_harness.timing import scaled
from strata_harness.wait import wait_until
from strata_harness.wire import Wire

BYE = "is now ready to exit, bye bye..."


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.goal("SIGTERM and SIGINT end the server cleanly: code 0, connections closed, a last log line")
def test_signals(fresh_server, number):
    server = fresh_server()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    server.signal(number)
    wire.expect_closed()
    assert server.wait_exit() == 0
    log = server.log_text()
    assert f"Received {number.name} scheduling shutdown" in log
    assert "User requested shutdown..." in log and log.rstrip().endswith(BYE)


@pytest.mark.goal("The log has Redis's shape: pid and role, time, level, message; and says when it is ready")
def test_log_shape(fresh_server):
    server = fresh_server()
    line = server.wait_log("Ready to accept connections")
    shape = rf"{server.pid}:M \d\d \w{{3}} \d{{4}} \d\d:\d\d:\d\d\.\d{{3}} \* Ready to accept connections.*"
    assert re.fullmatch(shape, line)
    assert f"pid={server.pid}, just started" in server.log_text()


@pytest.mark.parametrize("words", [[], ["NOSAVE"], ["nosave", "NOW"], ["NOSAVE", "FORCE"]], ids=" ".join)
@pytest.mark.goal("SHUTDOWN ends the server with code 0 and without a reply")
def test_shutdown(fresh_server, words):
    server = fresh_server()
    wire = server.wire()
    wire.send_command("SHUTDOWN", *words)
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert BYE in server.log_text()


@pytest.mark.goal("SHUTDOWN refuses contradictory words, and ABORT without a shutdown under way")
def test_shutdown_errors(server, wire):
    assert wire.error("SHUTDOWN", "ABORT") == "ERR No shutdown in progress."
    for words in (["NOSUCH"], ["NOSAVE", "SAVE"], ["ABORT", "NOW"], ["ABORT", "NOSAVE"], ["NOSAVE", "NOW", "x"]):
        assert wire.error("SHUTDOWN", *words) == "ERR syntax error"
    assert wire("PING") == "PONG"


@pytest.mark.goal("A port in use is an error that names the port, and the start fails")
def test_port_in_use(fresh_server):
    first = fresh_server()
    second = fresh_server(start=False, port=first.port)
    second.start(wait=False)
    assert second.wait_exit() == 1
    assert f"Failed listening on port {first.port}" in second.log_text()
    assert "Address already in use" in second.log_text()
    assert first.answers()


@pytest.mark.goal("A server that has nowhere to listen does not start")
def test_nowhere_to_listen(fresh_server):
    server = fresh_server(start=False, port=0)
    server.start(wait=False)
    assert server.wait_exit() == 1
    assert "Configured to not listen anywhere" in server.log_text()


@pytest.mark.goal("bind listens on the addresses given and on no other")
def test_bind(fresh_server):
    server = fresh_server(bind=["127.0.0.1", "127.0.0.2"])
    for host in ("127.0.0.1", "127.0.0.2"):
        with Wire((host, server.port)) as wire:
            assert wire("PING") == "PONG"
    with pytest.raises(ConnectionRefusedError):
        Wire(("127.0.0.3", server.port))


@pytest.mark.goal("An address that cannot be bound is fatal, unless it is marked optional with -")
def test_bind_unavailable(fresh_server):
    server = fresh_server(bind=["127.0.0.1", "-192.0.2.1"])
    assert server.answers()
    failing = fresh_server(start=False, bind=["127.0.0.1", "192.0.2.1"])
    failing.start(wait=False)
    assert failing.wait_exit() == 1
    assert "192.0.2.1" in failing.log_text()


@pytest.mark.goal("A unix socket has the permissions asked for, is shown in CLIENT INFO, and goes away at the end")
def test_unix_socket(fresh_server, tmp_path):
    path = str(tmp_path / "s")
    server = fresh_server(port=0, unixsocket=path, unixsocketperm=700)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    wire = server.wire()
    wire.ok("SET", "k", "over a unix socket")
    info = wire("CLIENT", "INFO").decode()
    assert f" addr={path}:0 " in info and " flags=U " in info
    server.stop()
    assert not os.path.exists(path)


@pytest.mark.goal("TCP and unix socket may be open together")
def test_both_listeners(fresh_server, tmp_path):
    path = str(tmp_path / "both")
    server = fresh_server(unixsocket=path)
    server.wire().ok("SET", "k", "v")
    with Wire(path) as wire:
        assert wire("GET", "k") == b"v"


@pytest.mark.goal("A pid file holds the pid while the server runs, and is gone afterwards")
def test_pidfile(fresh_server, tmp_path):
    path = tmp_path / "server.pid"
    server = fresh_server(pidfile=str(path))
    assert path.read_text().strip() == str(server.pid)
    server.stop()
    assert not path.exists()


@pytest.mark.goal("A log file gets the log instead of stdout, and is appended to by the next run")
def test_logfile(fresh_server, tmp_path):
    path = tmp_path / "the.log"
    server = fresh_server(logfile=str(path))
    assert "Ready to accept connections" in path.read_text()
    assert "Ready to accept" not in server.log_text()
    server.restart()
    assert path.read_text().count("Ready to accept connections") == 2


@pytest.mark.goal("loglevel warning keeps notices out of the log")
def test_loglevel(fresh_server):
    server = fresh_server(loglevel="warning")
    server.stop()
    assert "Ready to accept connections" not in server.log_text()
    assert BYE in server.log_text()


@pytest.mark.goal("daemonize leaves a server behind that its pid file names, and the starter ends with code 0")
def test_daemonize(fresh_server, tmp_path):
    pidfile, logfile = tmp_path / "daemon.pid", tmp_path / "daemon.log"
    server = fresh_server(start=False, daemonize="yes", pidfile=str(pidfile), logfile=str(logfile))
    server.start(wait=False)
    assert server.wait_exit() == 0
    wait_until(server.answers, 5, "the daemon to answer")
    pid = int(pidfile.read_text())
    assert pid != server.pid
    assert os.getsid(pid) == pid, "the daemon leads a session of its own"
    wire = server.wire()
    assert f"process_id:{pid}".encode() in wire("INFO", "server")
    os.kill(pid, signal.SIGTERM)
    wire.expect_closed()
    wait_until(lambda: not pidfile.exists(), 5, "the pid file to go")
    wait_until(lambda: BYE in logfile.read_text(), 5, "the daemon's last words")


def outside_address():
    """An address of this machine other than loopback, or None. Sends nothing: UDP's connect only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


@pytest.mark.goal("protected-mode turns away strangers unless a password is set, and never the local host")
def test_protected_mode(fresh_server):
    protected = fresh_server(bind="*")
    assert protected.wire()("PING") == "PONG"
    outside = outside_address()
    if outside:
        with Wire((outside, protected.port)) as stranger:
            refusal = stranger.read()
            assert isinstance(refusal, RespError)
            assert refusal.text.startswith("DENIED Redis is running in protected mode because")
            stranger.expect_closed()
        protected.wire().ok("CONFIG", "SET", "protected-mode", "no")
        with Wire((outside, protected.port)) as stranger:
            assert stranger("PING") == "PONG"
        with_password = fresh_server(bind="*", requirepass="x")
        with Wire((outside, with_password.port)) as stranger:
            assert stranger.error("PING") == "NOAUTH Authentication required."


@pytest.mark.goal("--version and --help answer and end")
def test_version_and_help(fresh_server):
    command = fresh_server(start=False).command
    for word, part in (("--version", "v=7.0.15"), ("-v", "v=7.0.15"), ("--help", "Usage:"), ("-h", "Usage:")):
        run = subprocess.run([*command, word], capture_output=True, text=True, timeout=scaled(10))
        assert part in run.stdout + run.stderr


@pytest.mark.goal("A crash leaves a report with signal, stack and current command, and ends by that signal")
def test_crash_report(fresh_server):
    server = fresh_server(enable_debug_command="yes")
    wire = server.wire()
    wire.send_command("DEBUG", "SEGFAULT")
    wire.expect_closed()
    assert server.wait_exit() == -signal.SIGSEGV
    log = server.log_text()
    assert "=== REDIS BUG REPORT START" in log
    assert "crashed by signal: 11" in log
    assert "STACK TRACE" in log
    assert "SEGFAULT" in log.upper().split("STACK TRACE")[1]


@pytest.mark.goal("A restart with the same command line and port works at once")
def test_restart(fresh_server):
    server = fresh_server()
    port = server.port
    server.wire().ok("SET", "k", "v")
    for _ in range(3):
        server.restart()
        assert server.port == port
        assert server.wire()("EXISTS", "k") == 0  # nothing was saved


@pytest.mark.goal("dir is where the server works; CONFIG SET dir is protected, and moves it where that is allowed")
def test_dir(fresh_server, tmp_path):
    assert fresh_server().wire().error("CONFIG", "SET", "dir", str(tmp_path)).endswith("can't set protected config")
    server = fresh_server(enable_protected_configs="yes")
    wire = server.wire()
    assert os.readlink(f"/proc/{server.pid}/cwd") == str(server.dir)
    assert wire("CONFIG", "GET", "dir")[1].decode() == str(server.dir)
    assert wire.error("CONFIG", "SET", "dir", "/no/such/dir").endswith("No such file or directory")
    wire.ok("CONFIG", "SET", "dir", str(tmp_path))
    assert Path(os.readlink(f"/proc/{server.pid}/cwd")) == tmp_path.resolve()
