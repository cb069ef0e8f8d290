"""Server and Wire, tried on a server that misbehaves on request."""

import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from strata_harness import server as server_module
from strata_harness.resp import Push, encode
from strata_harness.server import Server, ServerError, exit_text, option_arguments, processes_in
from strata_harness.wait import wait_until
from strata_harness.wire import WireClosed, WireTimeout

FAKE = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).with_name('fake_server.py')))}"


@pytest.fixture
def fake():
    made = []

    def make(mode="ok", **options):
        made.append(Server(FAKE, {"mode": mode, **options}))
        return made[-1]

    yield make
    for server in made:
        server.close()
        assert not server.dir.exists() and not processes_in(server.dir)


def test_option_arguments():
    assert option_arguments({"max_clients": 5, "save": "", "bind": ["a", "b"], "dir": None}) == [
        "--max-clients", "5", "--save", "", "--bind", "a", "b"]


def test_start_talk_stop(fake):
    server = fake().start()
    wire = server.wire()
    assert wire("ECHO", "x") == b"x" and wire("PING") == "PONG"
    assert "Ready" in server.wait_log("Ready to accept")
    assert processes_in(server.dir) == [server.pid]
    server.stop()
    assert server.returncode == -signal.SIGTERM and server.failure() is None
    wire.expect_closed()


def test_restart_keeps_directory_and_port(fake):
    server = fake().start()
    first, port = server.pid, server.port
    server.restart()
    assert server.pid != first and server.port == port and server.answers()


def test_own_options_are_replaced_not_repeated(fake):
    argv = fake(save="900 1").argv
    assert argv.count("--save") == 1 and "900 1" in argv
    assert "--save" not in fake(save=None).argv


def test_deaf_server_is_killed(fake, monkeypatch):
    monkeypatch.setattr(server_module, "STOP_TIMEOUT", 0.1)
    server = fake("deaf").start()
    with pytest.raises(ServerError, match="did not end in"):
        server.signal(signal.SIGTERM)
        server.wait_exit(0.1)
    server.kill()
    assert server.returncode == -signal.SIGKILL


def test_early_end_is_reported_with_its_log(fake):
    with pytest.raises(ServerError, match="exited with code 3\n(.|\n)*asked to end early"):
        fake("early").start()


def test_mute_server_is_given_up(fake, monkeypatch):
    monkeypatch.setattr(server_module, "START_TIMEOUT", 0.3)
    server = fake("mute")
    with pytest.raises(ServerError, match="to answer PING"):
        server.start()
    assert not server.alive()


def test_a_lost_port_is_replaced(fake):
    first = fake().start()
    second = fake()
    second._port = type(first._port)(first.port, os_socket())  # as if somebody had bound it in between
    second.start()
    assert second.port != first.port and second.answers()


def os_socket():
    import socket
    return socket.socket(socket.AF_UNIX)


def test_death_is_noticed(fake):
    server = fake().start()
    wire = server.wire()
    wire.send_command("DIE")
    wire.expect_closed()
    wait_until(lambda: not server.alive(), what="the server to die")
    assert server.failure().endswith("killed by SIGABRT")
    assert exit_text(None) == "still running"


def test_sanitizer_report_is_noticed(fake):
    server = fake("sanitizer").start()
    assert "heap-use-after-free" in server.failure()


def test_forgotten_servers_are_closed():
    server = Server(FAKE).start()
    server_module._close_forgotten()
    assert not server.alive() and not os.path.exists(server.dir)


def test_wire_timeouts_tell_what_was_awaited(fake):
    wire = fake().start().wire(timeout=0.1)
    wire.send_command("HANG")
    with pytest.raises(WireTimeout, match="for a reply; 0 unread bytes came"):
        wire.read()
    with pytest.raises(AssertionError, match=r"expected b'\+OK', got b''; waited"):
        wire.expect(b"+OK")


def test_wire_expectations(fake):
    server = fake().start()
    wire = server.wire()
    wire.exchange(encode("ECHO", "abc"), b"$3\r\nabc\r\n")
    with pytest.raises(AssertionError, match=r"expected b'\+OK\\r\\n', got b'\+PONG\\r\\n'"):
        wire.exchange(encode("PING"), b"+OK\r\n")
    wire.read()
    with pytest.raises(AssertionError, match="instead of an error"):
        wire.error("PING")
    with pytest.raises(AssertionError, match=r"instead of \+OK"):
        wire.ok("PING")
    wire.expect_nothing_pending()
    wire.send_command("PING")
    with pytest.raises(AssertionError, match="nobody asked for"):
        wire.expect_nothing_pending()
    server.kill()
    with pytest.raises(WireClosed):
        wire.read()
        wire.read()


def test_pushes_are_kept_aside(fake):
    wire = fake().start().wire()
    wire._buffer += b">1\r\n+news\r\n"
    assert wire("PING") == "PONG"
    assert wire.pushes == [Push(["news"])]
