"""The scripts: what they are called with, when, how often again, and what becomes of those that do not end."""

import stat

import pytest

from strata_harness.sentinels import HOST, as_text
from strata_harness.wait import wait_until


@pytest.fixture
def script(tmp_path):
    """make(name, body) -> (path, calls): a script that notes each call, a list of arguments, and then does `body`."""
    def make(name, body=""):
        path, log = tmp_path / name, tmp_path / f"{name}.calls"
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" -- >> {log}\n{body}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

        def calls():
            text = log.read_text() if log.exists() else ""
            return [call.splitlines() for call in text.split("--\n")[:-1]]
        return path, calls
    return make


@pytest.fixture
def scripted(fresh_sentinel, net):
    """start(option=path, ...) -> (sentinel, master, replica) with these scripts."""
    def start(**scripts):
        master = net.redis()
        replica = net.redis(master=master)
        lines = [f"sentinel {option.replace('_', '-')} m {path}" for option, path in scripts.items()]
        sentinel = fresh_sentinel(f"sentinel monitor m {HOST} {master.port} 1", "sentinel down-after-milliseconds m 400",
                                  *lines)
        sentinel.wait_complete(replicas=1, others=0)
        return sentinel, master, replica
    return start


def pending(sentinel):
    """SENTINEL PENDING-SCRIPTS, each a dict; argv is a list of str."""
    found = []
    for flat in sentinel.ask("PENDING-SCRIPTS"):
        fields = dict(zip((name.decode() for name in flat[::2]), flat[1::2]))
        fields["argv"] = [word.decode() for word in fields["argv"]]
        found.append({name: value.decode() if isinstance(value, bytes) else value for name, value in fields.items()})
    return found


@pytest.mark.goal("The notification script gets the type and the text of every warning about a master, a replica or a sentinel")
def test_notification(script, scripted, net):
    path, calls = script("notify")
    sentinel, master, replica = scripted(notification_script=path)
    other = net.sentinel().join(master)
    events = sentinel.events()
    other.die()
    replica.die()
    for _ in range(2):
        events.wait("+sdown")
    master.die()
    events.wait("+vote-for-leader")
    warnings = {"+sdown", "+odown", "+new-epoch", "+try-failover", "+vote-for-leader"}
    expected = [[event.type, event.text] for event in events.all() if event.type in warnings]
    wait_until(lambda: all(call in calls() for call in expected), 5, "a call for each warning")
    assert {kind for kind, _ in calls()} <= warnings | {"+monitor"}, "of what is no warning nothing is said"
    assert all(calls().count(call) == 1 for call in expected)


@pytest.mark.goal("The leader calls the client-reconfig script when the new master is promoted: who, from where, to where")
def test_reconfig_leader(script, scripted):
    path, calls = script("reconfig")
    sentinel, master, replica = scripted(client_reconfig_script=path)
    events = sentinel.events()
    sentinel.ask("FAILOVER", "m")
    events.wait("+promoted-slave")
    wait_until(calls, 5, "the call")
    assert calls() == [["m", "leader", "start", HOST, str(master.port), HOST, str(replica.port)]]
    events.wait("+switch-master")


@pytest.mark.goal("Who learns of a new master from another sentinel calls the client-reconfig script as an observer")
def test_reconfig_observer(script, scripted, net):
    path, calls = script("reconfig")
    sentinel, master, replica = scripted(client_reconfig_script=path)
    other = net.sentinel().join(master)
    master.say_hello(other.hello(master, epoch=1, config_epoch=1, moved_to=replica))
    wait_until(calls, 5, "the call")
    assert calls() == [["m", "observer", "start", HOST, str(master.port), HOST, str(replica.port)]]


@pytest.mark.goal("Exit code 1, or a signal, asks for another run; after ten it is given up, and told. The delays double")
def test_retries(script, scripted):
    path, calls = script("again", "exit 1")
    sentinel, _, _ = scripted(client_reconfig_script=path)
    sentinel.periods(script_retry_delay=5)
    events = sentinel.events()
    sentinel.ask("FAILOVER", "m")
    gone = events.wait("-script-error", timeout=15)
    assert gone.text == f"{path} 0 1" and len(calls()) == 10 and len(set(map(tuple, calls()))) == 1
    assert pending(sentinel) == []


@pytest.mark.parametrize("body, text", [("exit 2", "0 2"), ("exit 77", "0 77")])
@pytest.mark.goal("Any other exit code is final, and told")
def test_final(script, scripted, body, text):
    path, calls = script("final", body)
    sentinel, _, _ = scripted(client_reconfig_script=path)
    events = sentinel.events()
    sentinel.ask("FAILOVER", "m")
    assert events.wait("-script-error").text == f"{path} {text}"
    assert len(calls()) == 1 and pending(sentinel) == []


@pytest.mark.goal("A script that a signal has ended runs again")
def test_signal(script, scripted):
    path, calls = script("killed", "kill -9 $$")
    sentinel, _, _ = scripted(client_reconfig_script=path)
    sentinel.ask("FAILOVER", "m")
    wait_until(lambda: len(calls()) >= 3, 8, "three runs")


@pytest.mark.goal("PENDING-SCRIPTS shows a running script with its pid and time, and one that waits with its delay")
def test_pending(script, scripted, tmp_path):
    path, calls = script("slow", f"while [ ! -e {tmp_path}/go ]; do sleep 0.02; done; exit 1")
    sentinel, master, replica = scripted(client_reconfig_script=path)
    sentinel.periods(script_retry_delay=60000)
    sentinel.ask("FAILOVER", "m")
    wait_until(calls, 5, "the call")
    [running] = pending(sentinel)
    assert list(running) == ["argv", "flags", "pid", "run-time", "retry-num"]
    assert running["argv"] == [str(path), "m", "leader", "start", HOST, str(master.port), HOST, str(replica.port)]
    assert running["flags"] == "running" and int(running["pid"]) > 0 and running["retry-num"] == "1"
    assert 0 <= int(running["run-time"]) < 10000 and sentinel.info()["sentinel_running_scripts"] == "1"
    (tmp_path / "go").touch()
    wait_until(lambda: pending(sentinel)[0]["flags"] == "scheduled", 5, "the end of the first run")
    [waiting] = pending(sentinel)
    assert list(waiting) == ["argv", "flags", "pid", "run-delay", "retry-num"]
    assert waiting["pid"] == "0" and 50000 < int(waiting["run-delay"]) <= 60000 and waiting["retry-num"] == "1"
    assert sentinel.info()["sentinel_scripts_queue_length"] == "1" and sentinel.info()["sentinel_running_scripts"] == "0"


@pytest.mark.goal("A script that runs for too long is killed, which is told, and counts as a signal")
def test_too_long(script, scripted):
    path, calls = script("endless", "exec sleep 1000")
    sentinel, _, _ = scripted(client_reconfig_script=path)
    sentinel.periods(script_max_runtime=400, script_retry_delay=60000)
    events = sentinel.events()
    sentinel.ask("FAILOVER", "m")
    wait_until(calls, 5, "the call")
    pid = pending(sentinel)[0]["pid"]
    assert events.wait("-script-timeout").text == f"{path} {pid}"
    wait_until(lambda: pending(sentinel)[0]["flags"] == "scheduled", 5, "it to be scheduled again")


@pytest.mark.goal("No more than sixteen scripts run at once; the others wait in their order")
def test_sixteen(script, fresh_sentinel, tmp_path):
    path, calls = script("many", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done")
    lines = [line for number in range(20) for line in (f"sentinel monitor m{number} {HOST} {number + 1} 2",
                                                       f"sentinel notification-script m{number} {path}")]
    sentinel = fresh_sentinel(*lines)
    wait_until(lambda: sentinel.info()["sentinel_running_scripts"] == "16", 5, "sixteen scripts")
    assert sentinel.info()["sentinel_scripts_queue_length"] == "20" and len(pending(sentinel)) == 20
    (tmp_path / "go").touch()
    wait_until(lambda: len([call for call in calls() if call[0] == "+monitor"]) == 20, 8, "all to have run")
    assert sorted(call[1] for call in calls() if call[0] == "+monitor") == sorted(
        f"master m{number} {HOST} {number + 1} quorum 2" for number in range(20))


@pytest.mark.goal("A script inherits the environment, and no file or connection of the sentinel's")
def test_descriptors(script, scripted, tmp_path):
    path, _ = script("inherits", f"ls -l /proc/$$/fd > {tmp_path}/fds.part; env > {tmp_path}/env; mv {tmp_path}/fds.part {tmp_path}/fds")
    sentinel, _, _ = scripted(client_reconfig_script=path)
    sentinel.ask("FAILOVER", "m")
    text = wait_until(lambda: (tmp_path / "fds").exists() and (tmp_path / "fds").read_text(), 5, "the list")
    assert "socket:" not in text and "eventpoll" not in text and "epoll" not in text
    assert "PATH=" in (tmp_path / "env").read_text()
