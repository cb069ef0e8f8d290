"""Monitoring, security and figures: every line of operations.md's table and check-list is tried, and one that is added to the page
without being added here fails."""

from __future__ import annotations

import re

from harness.strata_harness.wait import wait_until

from . import guide
from .operator_set import MASTER_NAME, Node, ReplicaSet
from .traffic import Traffic

_PAGE = "operations.md"
_TRIAL = 7000  # the port of servers that are started for a moment
_TOLERANCE = 0.15  # of the guide's figures of memory


def watching(report, servers: ReplicaSet, traffic: Traffic) -> None:
    monitoring(report, servers)
    trial = Trial(servers.replicas[0])
    check_list(report, servers, trial)
    promises(report, servers, trial)
    sizing(report, servers, trial)


class Trial:
    """A server beside the others on one machine, for one question."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def start(self, options: str, before: str = "") -> None:
        self.node.machine.run(f"rm -rf /var/lib/trial; mkdir /var/lib/trial; cd /var/lib/trial; {before}"
                              f"setpriv --pdeathsig=KILL strata-server --port {_TRIAL} --save '' {options} </dev/null >log 2>&1 &")
        wait_until(lambda: "Ready to accept connections" in self.log(), 20, "the trial server")

    def refusal(self, line: str) -> str:
        """What a server says that does not start with that line in its configuration."""
        done = self.node.machine.run(f"echo '{line}' > /var/lib/trial.conf; "
                                     f"timeout 5 strata-server /var/lib/trial.conf --port {_TRIAL}", check=False)
        return (done.stdout + done.stderr) if done.returncode not in (0, 124) else ""

    def log(self) -> str:
        return self.node.machine.run("cat /var/lib/trial/log").stdout

    def cli(self, words: str, by: Node | None = None) -> str:
        where = "" if by is None else f"-h {self.node.address} "
        return (by or self.node).machine.run(f"redis-cli -p {_TRIAL} {where}{words}").stdout.strip()

    def stop(self) -> None:
        self.cli("SHUTDOWN NOSAVE")


def monitoring(report, servers: ReplicaSet) -> None:
    master, replica = servers.master, servers.replicas[0]
    fields = {**replica.info(), **master.info()}
    of_replica = replica.info("replication")
    trial = Trial(replica)
    trial.start("--cluster-enabled yes")
    cluster = trial.cli("CLUSTER INFO")
    trial.stop()
    commands = {"PING": lambda: master.cli("PING") == "PONG",
                "SENTINEL CKQUORUM name": lambda: master.cli(f"SENTINEL CKQUORUM {MASTER_NAME}", 26379).startswith("OK 3 usable"),
                "SLOWLOG LEN": lambda: master.cli("SLOWLOG LEN").isdigit(),
                "LATENCY LATEST": lambda: "ERR" not in master.cli("LATENCY LATEST"),
                "strata-backup list --json": lambda: "usage" in replica.machine.run(
                    "PATH=stages/03_rdb_snapshot/backup:$PATH; strata-backup list --help").stdout,
                "cluster_state": lambda: "cluster_state:" in cluster, "CLUSTER INFO": lambda: True}
    asked = [word for row in guide.rows(guide.section(_PAGE, "monitoring")) for word in re.findall(r"`([^`]+)`", row[0])]
    wrong = [word for word in asked if not (commands[word]() if word in commands else word in fields or word in of_replica)]
    report.expect(not wrong, f"monitoring: {len(asked)} fields and commands of the guide are there{_except(wrong)}")
    bad = [name for name in asked if name.endswith("_status") and name != "master_link_status" and fields.get(name) != "ok"]
    behind = int(fields["master_repl_offset"]) - int(of_replica["slave_repl_offset"])
    well = (not bad and of_replica["master_link_status"] == "up" and fields["connected_slaves"] == "2"
            and int(fields["used_memory"]) < 0.9 * int(fields["maxmemory"]) and behind < int(fields["repl_backlog_size"]) / 10)
    report.expect(well, f"and none of them gives an alarm now (replica {behind} bytes behind, {', '.join(bad) or 'all status ok'})")


def check_list(report, servers: ReplicaSet, trial: Trial) -> None:
    text = guide.section(_PAGE, "security")
    checks = {"Not on the internet": _protected, "A long password": _password, "The file with the password": _file,
              "Encryption": lambda s, t: "TLS is not supported" in t.refusal("tls-port 7443"),
              "The cluster bus": _bus, "Dangerous commands away": _renamed, "`enable-debug-command no`": _protected_configs,
              "A user of its own": _own_user, "Scripts": _scripts, "Backups are data": _backups, "Limits": _limits}
    for item in re.findall(r"(?m)^- \[ \] ((?:.|\n  )+)", text):
        check = next((check for name, check in checks.items() if item.lstrip("*").startswith(name)), None)
        title = item.split("**")[1]
        report.expect(check is not None and bool(check(servers, trial)), f"security: {title}" + ("" if check else " is not rehearsed"))


def _protected(servers: ReplicaSet, trial: Trial) -> bool:
    trial.start("--bind '* -::*'")
    answers = trial.cli("PING", by=servers.master), trial.cli("PING")
    trial.stop()
    return answers[0].startswith("DENIED") and answers[1] == "PONG"


def _password(servers: ReplicaSet, trial: Trial) -> bool:
    machine = servers.master.machine
    wrong = machine.run("redis-cli AUTH guessed").stdout
    return len(servers.master.password) >= 40 and "WRONGPASS" in wrong and "NOAUTH" in machine.run("redis-cli GET x").stdout


def _file(servers: ReplicaSet, trial: Trial) -> bool:
    machine, password = servers.master.machine, servers.master.password
    nobody = machine.run("setpriv --reuid=nobody --regid=nogroup --clear-groups cat /etc/strata/strata.conf", check=False)
    services = [one for node in servers.nodes for one in node.services.values() if one.alive()]
    lines = [open(f"/proc/{service.pid}/cmdline", "rb").read() for service in services]
    return (nobody.returncode != 0 and password in machine.at("/etc/strata/strata.conf").read_text()
            and not any(password.encode() in line for line in lines))


def _bus(servers: ReplicaSet, trial: Trial) -> bool:
    trial.start("--cluster-enabled yes --requirepass secret --bind '* -::*'")
    listens = f":{_TRIAL + 10000:04X}" in trial.node.machine.run("cat /proc/net/tcp").stdout
    trial.node.machine.run(f"REDISCLI_AUTH=secret redis-cli -p {_TRIAL} SHUTDOWN NOSAVE")
    return listens


def _renamed(servers: ReplicaSet, trial: Trial) -> bool:
    text = guide.section(_PAGE, "security")
    item = text[text.index("**Dangerous"):text.index("There are no users")]
    names = re.findall(r"`(?:rename-command )?([A-Z]+)(?: \"\")?`", item)
    assert len(names) > 5
    trial.start(" ".join(f"--rename-command {name} ''" for name in names if name != "SHUTDOWN"))
    gone = all("unknown command" in trial.cli(name) for name in names if name != "SHUTDOWN")
    trial.stop()
    return gone


def _protected_configs(servers: ReplicaSet, trial: Trial) -> bool:
    cli = servers.replicas[0].cli
    refused = [cli("DEBUG SLEEP 0"), cli("CONFIG SET dir /tmp"), cli("CONFIG SET dbfilename x")]
    return "not allowed" in refused[0] and all("protected config" in one for one in refused[1:])


def _own_user(servers: ReplicaSet, trial: Trial) -> bool:
    machine, pid = servers.master.machine, servers.master.service("strata-server").pid
    user = next(line.split(":") for line in machine.at("/etc/passwd").read_text().splitlines() if line.startswith("strata:"))
    status = open(f"/proc/{pid}/status").read()
    return user[6].endswith("nologin") and f"Uid:\t{user[2]}\t" in status and user[2] != "0"


def _scripts(servers: ReplicaSet, trial: Trial) -> bool:
    trial.start("--busy-reply-threshold 100")
    no_files = all("Script attempted to access nonexistent global" in trial.cli(f"EVAL 'return {name}' 0") for name in ("io", "require"))
    trial.node.machine.run(f"redis-cli -p {_TRIAL} EVAL 'while true do end' 0 >/dev/null 2>&1 &")
    wait_until(lambda: trial.cli("PING").startswith("BUSY"), 10, "the server to be busy")
    killed = trial.cli("SCRIPT KILL") == "OK"
    trial.stop()
    return no_files and killed


def _backups(servers: ReplicaSet, trial: Trial) -> bool:
    """What strata-backup keeps is for its user only; how it gets elsewhere is the operator's."""
    done = trial.node.machine.run("rm -rf /var/lib/trial /var/backups/trial; mkdir /var/lib/trial\n"
                                  "redis-cli --rdb /var/lib/trial/dump.rdb >&2\n"
                                  "PATH=stages/03_rdb_snapshot/backup:$PATH\n"
                                  "strata-backup run -q --dir /var/lib/trial --to /var/backups/trial\n"
                                  "stat -c %a /var/backups/trial /var/backups/trial/*.rdb", REDISCLI_AUTH=trial.node.password)
    return all(mode.endswith("00") for mode in done.stdout.split())


def _limits(servers: ReplicaSet, trial: Trial) -> bool:
    text = guide.section(_PAGE, "security")
    names = re.findall(r"`([a-z-]+)`", text[text.index("**Limits**"):])
    return len(names) >= 4 and all(name in servers.master.cli(f"CONFIG GET {name}") for name in names)


def promises(report, servers: ReplicaSet, trial: Trial) -> None:
    """What else the guide says that can be typed."""
    report.expect("are not supported" in trial.refusal("user alice on"), "users in a configuration stop the start")
    machine = servers.master.machine
    asked = machine.run(guide.commands(guide.section(_PAGE, "install"), 1)[0], check=False)
    report.expect(asked.returncode in (0, 1) and all(word in asked.stdout for word in ("overcommit", "THP", "clocksource")),
                  f"strata-server --check-system: exit code {asked.returncode}")
    setups = [setting for row in guide.rows(guide.section(_PAGE, "persistence")) for setting in re.findall(r"`([a-z-]+ [^`]+)`", row[1])]
    trial.start("--io-threads 4")
    refused = [setting for setting in setups if trial.cli("CONFIG SET " + re.sub(r"^(\S+) (?!\")(.*)$", r"\1 '\2'", setting)) != "OK"]
    trial.stop()
    report.expect(len(setups) > 6 and not refused, f"persistence: {len(setups)} settings of the guide are taken{_except(refused)}")
    trial.start("--maxclients 5000", before="ulimit -n 200; ")
    report.expect("maxclients" in trial.log(), "the log says when there are too few descriptors for maxclients")
    trial.stop()
    units = machine.run("systemd-analyze verify /etc/systemd/system/strata-*.service", check=False)
    report.expect(units.returncode == 0 and "Unknown" not in units.stderr,
                  f"systemd-analyze verify has no objection to the units {units.stderr.strip()[:300]}")


def _except(names: list[str]) -> str:
    return f", but not {', '.join(names)}" if names else ""


def sizing(report, servers: ReplicaSet, trial: Trial) -> None:
    text = guide.section(_PAGE, "sizing")
    promised = re.search(r"took (\d+) MB \(`used_memory`\), (\d+) MB resident", text)
    assert promised, "the guide gives no figures for a million strings"
    trial.start("")
    trial.node.machine.run(f"""python3 - <<'END' | redis-cli -p {_TRIAL} --pipe
for number in range(1000000):
    print(f"SET key:{{number:012}} value:{{number:010}}", end="\\r\\n")
END""")
    info = dict(line.split(":", 1) for line in trial.cli("INFO memory").splitlines() if ":" in line)
    used, resident = int(info["used_memory"]) / 1e6, int(info["used_memory_rss"]) / 1e6
    well = all(abs(found / int(said) - 1) < _TOLERANCE for found, said in zip((used, resident), promised.groups()))
    report.expect(well and trial.cli("DBSIZE") == "1000000", f"a million strings: {used:.0f} MB used, {resident:.0f} MB resident "
                  f"(the guide: {promised[1]} and {promised[2]})")
    bytes_of_one = trial.cli("MEMORY USAGE key:000000000001")
    report.expect(bytes_of_one.isdigit() and "Biggest string" in trial.cli("--bigkeys"),
                  f"MEMORY USAGE ({bytes_of_one} bytes) and --bigkeys")
    trial.stop()
