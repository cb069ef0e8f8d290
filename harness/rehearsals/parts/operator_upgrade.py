"""Upgrades under traffic: redis-server to Strata, Strata to Strata, a single server, and back.

    replica, replica, hand over, old master      operations.md#upgrade, #hand-over, #from-redis

What clients notice is counted for each handing over. One is done without the pause that the guide asks for, to see what it is for.
"""

from __future__ import annotations

import re
import time

import redis

from harness.strata_harness.wait import wait_until

from . import guide
from .operator_set import MASTER_NAME, Node, ReplicaSet, edit_for, waited
from .traffic import Traffic, Window

PAGE = "operations.md"
_LONGEST_WAIT = 15.0  # s of a writer during a handing over: what the guide says, with room for a busy machine


def redis_set(report, servers: ReplicaSet) -> None:
    """What is to be upgraded: Debian's redis-server and redis-sentinel, its configuration files with an operator's changes."""
    master = servers.nodes[0]
    for node in servers.nodes:
        node.machine.run("install -d -o redis -g redis /var/lib/redis /var/log/redis")
        node.machine.edit("/etc/redis/redis.conf", bind=f"{node.address} 127.0.0.1", requirepass=node.password,
                          masterauth=node.password, appendonly="yes", repl__diskless__sync__delay="0",
                          **({} if node is master else {"replicaof": f"{master.address} 6379"}))
        conf = node.machine.at("/etc/redis/sentinel.conf")
        text = re.sub(r"mymaster 127\.0\.0\.1", f"mymaster {master.address}", conf.read_text()).replace("mymaster", MASTER_NAME)
        text = text.replace(f"down-after-milliseconds {MASTER_NAME} 30000", f"down-after-milliseconds {MASTER_NAME} 5000")
        conf.write_text(f"bind {node.address} 127.0.0.1\n{text}\nsentinel auth-pass {MASTER_NAME} {node.password}\n")
        node.type(["systemctl start redis-server"])
    for node in servers.nodes:
        node.type(["systemctl start redis-sentinel"])
    servers.wait_quorum()
    servers.wait_in_step()
    report.expect("redis_version:7.0.15" in master.cli("INFO server"), "a set of redis-server 7.0.15 with three sentinels runs")


def install(node: Node) -> None:
    """operations.md#install, without the build and without the start."""
    lines = guide.commands(guide.section(PAGE, "install"))
    assert lines[0] == "./strata build" and lines[-1].endswith("systemctl enable --now strata-server"), f"other steps: {lines}"
    node.type(lines[1:-1])
    edit_for(node, "/etc/strata/strata.conf")
    node.type(["install -m 644 kit/operator/strata-sentinel.service /etc/systemd/system/"])


def redis_to_strata(report, servers: ReplicaSet, traffic: Traffic) -> None:
    steps = guide.section(PAGE, "from-redis")
    of_server, of_sentinel = guide.commands(steps, 0), guide.commands(steps, 1)
    for node in servers.replicas:
        began = time.monotonic()
        _server_to_strata(node, of_server)
        servers.wait_in_step()
        same = wait_until(lambda: node.client().dbsize() >= 0.99 * servers.master.client().dbsize(), 10, "as many keys")
        took = time.monotonic() - began
        report.expect(same, f"{node.machine.name}: from redis-server to strata-server, a replica of Redis, in {took:.1f} s")
    seen = hand_over(servers, traffic)
    expect_nothing_lost(report, seen, "redis-server hands over to strata-server")
    old = next(node for node in servers.nodes if node.service("redis-server").alive())
    _server_to_strata(old, of_server)
    servers.wait_in_step()
    for node in servers.nodes:
        _sentinel_to_strata(node, of_sentinel)
        servers.wait_quorum()
    left = [node for node in servers.nodes if node.service("redis-server").alive() or node.service("redis-sentinel").alive()]
    report.expect(not left, "no redis-server and no redis-sentinel is left")
    traffic.moving()


def _server_to_strata(node: Node, lines: list[str]) -> None:
    install(node)
    upstream = re.search(r"(?m)^replicaof (\S+ \d+)", node.machine.at("/etc/redis/redis.conf").read_text())
    assert upstream, f"{node.machine.name} is no replica: it must not be upgraded now"
    node.machine.edit("/etc/strata/strata.conf", replicaof=upstream[1])
    node.type(lines)


def _sentinel_to_strata(node: Node, lines: list[str]) -> None:
    node.type(lines[:-1])
    node.machine.edit("/var/lib/strata-sentinel/sentinel.conf", bind=f"{node.address} 127.0.0.1")
    node.type(lines[-1:])


def hand_over(servers: ReplicaSet, traffic: Traffic) -> Window:
    """operations.md#hand-over under Sentinel."""
    old, began = servers.master, time.monotonic()
    new = ""
    for line in guide.commands(guide.section(PAGE, "hand-over"), 1):
        variables = {"OLD": old.address, "NEW": new}
        if "INFO replication" in line:
            wait_until(lambda: _all_offsets_equal(old.type([line], **variables)), 10, "the replicas to have everything")
        elif "INFO sentinel" in line:
            new = servers.wait_moved(old).address
        else:
            answer = servers.nodes[0].type([line], **variables).strip()
            assert answer == "OK", f"{line}: {answer}"
    traffic.moving()
    servers.wait_in_step()
    return traffic.window(began, servers.master.client())


def _all_offsets_equal(text: str) -> bool:
    own = re.search(r"master_repl_offset:(\d+)", text)
    theirs = re.findall(r"state=online,offset=(\d+)", text)
    return bool(own and theirs) and all(offset == own[1] for offset in theirs)


def expect_nothing_lost(report, seen: Window, what: str) -> None:
    report.expect(seen.lost == 0 and seen.longest_gap < _LONGEST_WAIT, f"{what}: {seen}")


def strata_to_strata(report, servers: ReplicaSet, traffic: Traffic) -> None:
    """A new version, whatever is different in it, is what `cmake --install` puts there."""
    lines = guide.commands(guide.section(PAGE, "install"))[1:2]
    assert lines[0].startswith("cmake --install")
    for node in servers.replicas:
        node.type([*lines, "systemctl restart strata-server"])
        servers.wait_in_step()
    old = servers.master
    expect_nothing_lost(report, hand_over(servers, traffic), "strata-server hands over to strata-server")
    old.type([*lines, "systemctl restart strata-server"])
    servers.wait_in_step()
    for node in servers.nodes:
        node.type(["systemctl restart strata-sentinel"])
        servers.wait_quorum()

    seen, told = _without_a_pause(servers, traffic)
    report.expect(seen.last_lost <= told + 0.5 and told < 15, f"SENTINEL FAILOVER without a pause: {seen}: those that the old master "
                  f"took until it was told to follow, after {told:.1f} s (the guide says about ten)")
    for node in servers.nodes:
        node.cli("CONFIG SET min-replicas-to-write 1")
    seen, told = _without_a_pause(servers, traffic)
    report.expect(seen.last_lost < told / 2, f"the same with min-replicas-to-write 1: {seen}: those of the first {seen.last_lost:.2f} s")
    for node in servers.nodes:
        node.cli("CONFIG SET min-replicas-to-write 0")


def _without_a_pause(servers: ReplicaSet, traffic: Traffic) -> tuple[Window, float]:
    """What is seen when only the sentinels are told, and after how many seconds the old master is."""
    began, old = time.monotonic(), servers.master
    answer = servers.nodes[0].cli(f"SENTINEL FAILOVER {MASTER_NAME}", 26379)
    assert answer == "OK", answer
    servers.wait_moved(old)
    wait_until(lambda: old.info("replication")["role"] == "slave", 30, "the old master to be told to follow")
    told = time.monotonic() - began
    traffic.moving()
    servers.wait_in_step()
    return traffic.window(began, servers.master.client()), told


def single_server(report, servers: ReplicaSet, traffic: Traffic) -> None:
    """One redis-server without replica or Sentinel: a second server on the same machine, FAILOVER there and back. Then the way
    back to Redis, by the same command and by the files."""
    node = Node(5, servers.nodes[0].machine.files.parent, servers.nodes[0]._build, servers.nodes[0].password)
    node.machine.run("install -d -o redis -g redis /var/lib/redis /var/log/redis")
    node.machine.edit("/etc/redis/redis.conf", bind=f"{node.address} 127.0.0.1", requirepass=node.password,
                      masterauth=node.password, appendonly="yes", repl__diskless__sync__delay="0")
    node.type(["systemctl start redis-server"])
    install(node)
    own = Traffic(lambda: _Either(node), writers=2, prefix="s")
    own.moving()
    try:
        _by_failover(report, node, own, "redis-server", "strata-server", "redis-server 7.0.15 as Debian configures it")
        _by_failover(report, node, own, "strata-server", "redis-server", "back to redis-server 7.0.15")
    finally:
        own.finish()
    _file_formats(report, node, own)


def _by_failover(report, node: Node, own: Traffic, was: str, becomes: str, what: str) -> None:
    """The server on port 6379, a unit of /etc/redis/redis.conf, becomes another program; meanwhile one on port 6380 has its place."""
    helper = f"/usr/local/bin/{becomes}" if becomes.startswith("strata") else f"/usr/bin/{becomes}"
    node.machine.run("install -d -o redis -g redis /var/lib/helper; cd /var/lib/helper; rm -rf *; "
                     f"umask 077; nohup setpriv --reuid=redis --regid=redis --init-groups --pdeathsig=KILL {helper} --port 6380 "
                     f"--bind {node.address} 127.0.0.1 --requirepass '{node.password}' --masterauth '{node.password}' "
                     f"--appendonly yes --replicaof {node.address} 6379 </dev/null >helper.log 2>&1 &")
    wait_until(lambda: node.info("replication", 6380).get("master_link_status") == "up", 20, "the second server to follow")
    began = time.monotonic()
    line = guide.commands(guide.section(PAGE, "hand-over"), 0)
    _failover(node, line, 6379, 6380)
    own.moving()
    there = own.window(began, node.client(6380))
    report.expect(there.lost == 0 and there.longest_gap < _LONGEST_WAIT, f"FAILOVER, {what}, there: {there}")

    node.type(["systemctl stop redis-server"])
    override = node.machine.at("/etc/systemd/system/redis-server.service")
    program = "/usr/local/bin/strata-server" if becomes == "strata-server" else "/usr/bin/redis-server"
    unit = node.service("redis-server").unit.text
    override.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={program}", unit))
    node.machine.edit("/etc/redis/redis.conf", replicaof=f"{node.address} 6380")
    node.type(["systemctl start redis-server"])
    wait_until(lambda: node.info("replication").get("master_link_status") == "up", 20, "the upgraded server to follow")
    began = time.monotonic()
    _failover(node, line, 6380, 6379)
    node.cli("CONFIG REWRITE")
    own.moving()
    back = own.window(began, node.client())
    report.expect(back.lost == 0 and back.longest_gap < _LONGEST_WAIT, f"FAILOVER, {what}, back on its port: {back}")
    node.cli("SHUTDOWN", 6380)


def _failover(node: Node, lines: list[str], old: int, new: int) -> None:
    answer = node.type([line.replace("redis-cli", f"redis-cli -p {old}") for line in lines], NEW=node.address, PORT=str(new))
    assert answer.strip() == "OK", f"FAILOVER answered {answer}"
    wait_until(lambda: node.info("replication", new)["role"] == "master", 15, "the new master")


def _file_formats(report, node: Node, own: Traffic) -> None:
    """The files of each read by the other: redis-server has written them, Strata loads them and writes more, Redis loads those."""
    keys = node.client().dbsize()
    for program in ("/usr/local/bin/strata-server", "/usr/bin/redis-server"):
        node.type(["systemctl stop redis-server"])
        unit = node.machine.at("/etc/systemd/system/redis-server.service")
        unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={program}", unit.read_text()))
        took = waited(lambda: node.type(["systemctl start redis-server"]))
        client = node.client()
        found, lost = client.dbsize(), own.window(time.monotonic(), client).lost
        report.expect(found == keys and lost == 0,
                      f"{program} with the same redis.conf on the same folder: {found} of {keys} keys, {took:.1f} s")
        client.set(f"made-by-{program}", "x")
        client.bgrewriteaof()
        wait_until(lambda: client.info("persistence")["aof_rewrite_in_progress"] == 0, 10, "the rewrite to end")
        keys += 1
    node.type(["systemctl stop redis-server"])


class _Either:
    """A client that knows both addresses, and goes to the other one when told that this is a replica, or nobody answers."""

    def __init__(self, node: Node) -> None:
        self._clients = [node.client(6379), node.client(6380)]

    def set(self, key: str, value: int) -> None:
        try:
            self._clients[0].set(key, value)
        except (redis.ReadOnlyError, redis.ConnectionError):
            self._clients.reverse()
            raise
