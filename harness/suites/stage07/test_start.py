"""The start of a sentinel: its ways, its defaults, the lines of its config file and what is wrong with some."""

import os
import re
import shlex
import shutil
import subprocess

import pytest

from strata_harness.ports import claim_port
from strata_harness.sentinels import LOCALHOST
from strata_harness.timing import scaled
from strata_harness.wire import Wire
from strata_harness.wait import wait_until

M = "sentinel monitor m 127.0.0.1 1234 1"
ID = "0123456789abcdef0123456789abcdef01234567"


def run_to_end(request, tmp_path, *arguments):
    """(exit code, output) of the server under test with these arguments."""
    done = subprocess.run([*shlex.split(request.config.getoption("--server")), *arguments], cwd=tmp_path, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=scaled(6))
    return done.returncode, done.stdout


# -- ways to start -----------------------------------------------------------------------------------------------------


@pytest.mark.goal("Without a config file there is nowhere to save its state: a sentinel refuses to start")
def test_no_file(request, tmp_path):
    code, text = run_to_end(request, tmp_path, "--sentinel")
    assert code == 1 and "Sentinel needs config file on disk to save state. Exiting..." in text


@pytest.mark.goal("A config file that is not there is an error, and is not made")
def test_missing_file(request, tmp_path, fresh_sentinel):
    code, text = run_to_end(request, tmp_path, "sentinel.conf", "--sentinel")
    assert code == 1 and "Fatal error, can't open config file" in text and "No such file or directory" in text
    assert list(tmp_path.iterdir()) == []
    sentinel = fresh_sentinel(start=False)
    assert sentinel.conf_path.read_text() == "" and sentinel.start().admin("ROLE") == [b"sentinel", []]


@pytest.mark.goal("Started by a name that contains redis-sentinel, it is a sentinel without --sentinel; an empty file will do")
def test_by_name(request, tmp_path):
    command = shlex.split(request.config.getoption("--server"))
    link = tmp_path / "my-redis-sentinel-7"
    link.symlink_to(shutil.which(command[0]))
    (tmp_path / "empty.conf").touch()
    port = claim_port()
    mode = [] if len(command) == 1 else ["--sentinel"]  # an interpreter's name is not the server's
    process = subprocess.Popen([link, *command[1:], "empty.conf", "--port", str(port.number), *mode], cwd=tmp_path,
                               stdout=subprocess.DEVNULL)
    try:
        role = wait_until(lambda: Wire(("127.0.0.1", port.number))("ROLE"), 10, "the sentinel")
        assert role == [b"sentinel", []]
        assert "sentinel myid " in (tmp_path / "empty.conf").read_text()
    finally:
        process.kill()
        process.wait()


@pytest.mark.goal("Options may follow --sentinel, which takes no value")
def test_options_behind(fresh_sentinel):
    sentinel = fresh_sentinel(start=False)
    sentinel.options["maxclients"] = 77
    sentinel.start()
    assert sentinel.admin("ROLE") == [b"sentinel", []]
    assert "# +monitor" not in sentinel.log_text()


@pytest.mark.goal("A sentinel tells its id and each master that it watches; 26379 is its port unless another is given")
def test_start_log(fresh_sentinel):
    sentinel = fresh_sentinel(M, "sentinel monitor other 127.0.0.1 4321 2")
    assert "Running mode=sentinel" in sentinel.log_text()
    sentinel.wait_log(f"Sentinel ID is {sentinel.id}")
    sentinel.wait_log("+monitor master m 127.0.0.1 1234 quorum 1")
    sentinel.wait_log("+monitor master other 127.0.0.1 4321 quorum 2")
    assert f"{sentinel.pid}:X " in sentinel.log_text(), "X stands for a sentinel in each line"


@pytest.mark.goal("A sentinel may be reached from other hosts without a password: protected-mode is off, and saved so")
def test_protected_mode(fresh_sentinel):
    assert "protected-mode no" in fresh_sentinel().config()


@pytest.mark.goal("SHUTDOWN ends a sentinel with code 0, and it saves no data")
def test_shutdown(fresh_sentinel):
    sentinel = fresh_sentinel()
    before = sorted(os.listdir(sentinel.dir))
    sentinel.wire().send_command("SHUTDOWN")
    assert sentinel.wait_exit() == 0 and sorted(os.listdir(sentinel.dir)) == before


# -- lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("A server that is no sentinel does not take a sentinel's lines")
def test_not_sentinel(request, tmp_path, fresh_sentinel):
    (tmp_path / "redis.conf").write_text(f"port 0\n{M}\n")
    code, text = run_to_end(request, tmp_path, "redis.conf")
    assert code == 1 and "sentinel directive while not in sentinel mode" in text
    assert fresh_sentinel(M).admin("ROLE") == [b"sentinel", [b"m"]]


GOOD = [
    ([], {}),
    (["sentinel"], {}),
    (["sentinel down-after-milliseconds m 777", M], {"down-after-milliseconds": "777"}),
    (["SENTINEL MONITOR m 127.0.0.1 1234 2", "sentinel FAILOVER-timeout m 888"], {"quorum": "2", "failover-timeout": "888"}),
    ([M, "sentinel parallel-syncs m 3"], {"parallel-syncs": "3"}),
    ([M], {"down-after-milliseconds": "30000", "failover-timeout": "180000", "parallel-syncs": "1", "config-epoch": "0"}),
    ([M, "sentinel notification-script m /bin/true"], {"notification-script": "/bin/true"}),
    ([M, "sentinel client-reconfig-script m /bin/true"], {"client-reconfig-script": "/bin/true"}),
    ([M, "sentinel config-epoch m 5"], {"config-epoch": "5"}),
    ([M, "sentinel known-replica m 127.0.0.1 1235", "sentinel known-slave m 127.0.0.1 1236"], {"num-slaves": "2"}),
    ([M, f"sentinel known-sentinel m 127.0.0.1 1235 {ID}"], {"num-other-sentinels": "1"}),
    ([M, "sentinel known-sentinel m 127.0.0.1 1235"], {"num-other-sentinels": "0"}),
    (["sentinel monitor m localhost 1234 1", "sentinel resolve-hostnames yes"], {"ip": LOCALHOST, "port": "1234"}),
    (['sentinel monitor "m" "127.0.0.1" 1234 1', "", "# a comment", "  sentinel   parallel-syncs  m   2"],
     {"parallel-syncs": "2"}),
]


@pytest.mark.parametrize("lines, fields", GOOD, ids=[" / ".join(lines)[:60] or "nothing" for lines, _ in GOOD])
@pytest.mark.goal("Lines of the config file become what SENTINEL MASTER shows, in whatever order they stand")
def test_lines(fresh_sentinel, lines, fields):
    sentinel = fresh_sentinel(*lines, fast=False)
    assert sentinel.info()["sentinel_masters"] == ("1" if fields else "0")
    told = sentinel.master() if fields else {}
    assert {name: told[name] for name in fields} == fields


BAD = [
    (["sentinel monitor m 127.0.0.1 1234 0"], "Quorum must be 1 or greater."),
    (["sentinel monitor m 127.0.0.1 1234 -2"], "Quorum must be 1 or greater."),
    (["sentinel monitor m 127.0.0.1 70000 1"], "Invalid port number."),
    (["sentinel monitor m localhost 1234 1"], "Can't resolve instance hostname."),
    ([M, M], "Duplicate master name."),
    ([M, "sentinel down-after-milliseconds m 0"], "negative or zero time parameter."),
    ([M, "sentinel failover-timeout m -1"], "negative or zero time parameter."),
    ([M, "sentinel master-reboot-down-after-period m -1"], "negative time parameter."),
    ([M, "sentinel notification-script m /nosuch"], "Notification script seems non existing or non executable."),
    ([M, "sentinel client-reconfig-script m /nosuch"], "Client reconfiguration script seems non existing or non executable."),
    ([M, "sentinel rename-command m GET a", "sentinel rename-command m get b"],
     "Same command renamed multiple times with rename-command."),
    ([M, "sentinel known-replica m 127.0.0.1 1", "sentinel known-slave m 127.0.0.1 1"],
     "Duplicate hostname and port for replica."),
    ([M, f"sentinel known-sentinel m 127.0.0.1 1 {ID}", f"sentinel known-sentinel m 127.0.0.1 2 {ID}"],
     "Duplicate runid for sentinel."),
    (["sentinel myid 1234"], "Malformed Sentinel id in myid option."),
    (["sentinel deny-scripts-reconfig maybe"], "Please specify yes or no for the deny-scripts-reconfig options."),
    (["sentinel resolve-hostnames maybe"], "Please specify yes or no for the resolve-hostnames option."),
    (["sentinel announce-hostnames maybe"], "Please specify yes or no for the announce-hostnames option."),
    (["sentinel parallel-syncs nobody 1"], "No such master with specified name."),
    ([M, "sentinel nosuch m 1"], "Unrecognized sentinel configuration statement."),
    ([M, "sentinel parallel-syncs m"], "Unrecognized sentinel configuration statement."),
    ([M, "sentinel parallel-syncs m 1 2"], "Unrecognized sentinel configuration statement."),
    (["sentinel monitor m 127.0.0.1 1234"], "Unrecognized sentinel configuration statement."),
]


@pytest.mark.parametrize("lines, text", BAD, ids=[lines[-1] for lines, _ in BAD])
@pytest.mark.goal("A wrong line stops the start; the line and what is wrong with it are told")
def test_wrong_lines(request, tmp_path, lines, text):
    (tmp_path / "sentinel.conf").write_text("\n".join(["port 0", *lines]) + "\n")
    code, output = run_to_end(request, tmp_path, "sentinel.conf", "--sentinel")
    assert code == 1 and text in output
    assert re.search(rf"at line {1 + len(lines)}\b", output) and f">>> '{lines[-1]}'" in output
    assert "FATAL CONFIG FILE ERROR" in output
