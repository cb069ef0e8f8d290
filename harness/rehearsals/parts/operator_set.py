"""The operator's servers: three machines with a server and a sentinel each, and what is typed into them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Callable, Iterable

import redis

from harness.strata_harness.wait import wait_until

from .machines import Machine
from .services import Service

MASTER_NAME = "main"
DISK = "160m"  # of a machine's data: small enough to be filled


class Node:
    """A machine with its services, by the names of their units."""

    def __init__(self, number: int, folder: Path, build: Path, password: str) -> None:
        self.machine = Machine(number, folder)
        self.address = self.machine.address
        self.services: dict[str, Service] = {}
        self.password = password
        self._build = build
        self.new_disk()

    def new_disk(self) -> None:
        """An empty disk for the data, in place of whatever is there."""
        self.machine.run("mkdir -p /var/lib/strata; umount -l /var/lib/strata 2>/dev/null || true; "
                         f"mount -t tmpfs -o size={DISK} disk /var/lib/strata")

    def service(self, name: str) -> Service:
        return self.services.setdefault(name, Service(self.machine, name))

    @property
    def server(self) -> Service:
        """The one that runs here, whatever its make."""
        return next(one for name in ("strata-server", "redis-server") if (one := self.service(name)).alive())

    def type(self, lines: Iterable[str], check: bool = True, **variables: str) -> str:
        """Lines of a guide, one after the other; what is asked of systemd is done by Service."""
        return "".join(self._type_one(line, check, variables) for line in lines)

    def _type_one(self, line: str, check: bool, variables: dict[str, str]) -> str:
        line = line.replace("systemctl daemon-reload && ", "")
        told = re.fullmatch(r"systemctl (start|stop|restart|enable --now|disable --now) ([\w-]+)", line)
        if told:
            service = self.service(told[2])
            {"start": service.start, "enable": service.start, "restart": service.restart}.get(told[1].split()[0], service.stop)()
            return ""
        line = line.replace("build/release", str(self._build))
        return self.machine.run(line, check=check, REDISCLI_AUTH=self.password, **variables).stdout

    def cli(self, words: str, port: int = 6379) -> str:
        return self.type([f"redis-cli -p {port} {words}"]).strip()

    def info(self, section: str = "everything", port: int = 6379) -> dict[str, str]:
        return dict(line.split(":", 1) for line in self.cli(f"INFO {section}", port).splitlines() if ":" in line)

    def client(self, port: int = 6379) -> Any:
        return redis.Redis(host=self.address, port=port, password=self.password, socket_timeout=10)


class ReplicaSet:
    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes

    def master_seen_by(self, node: Node) -> str:
        """The address that a sentinel tells in INFO; it differs from the master's as long as a failover is under way."""
        found = re.search(rf"name={MASTER_NAME},status=ok,address=([\d.]+):6379", node.cli("INFO sentinel", 26379))
        return found[1] if found else ""

    @property
    def master(self) -> Node:
        address = self.nodes[0].cli(f"SENTINEL GET-MASTER-ADDR-BY-NAME {MASTER_NAME}", 26379).split()[0]
        return next(node for node in self.nodes if node.address == address)

    @property
    def replicas(self) -> list[Node]:
        master = self.master
        return [node for node in self.nodes if node is not master]

    def wait_in_step(self, replicas: int = 2, seconds: float = 60) -> None:
        """Until so many replicas are connected to the master and every sentinel agrees who that is."""
        def in_step() -> bool:
            master = self.master
            return (master.info("replication")["role"] == "master"
                    and sum("state=online" in value for value in master.info("replication").values()) == replicas
                    and all(self.master_seen_by(node) == master.address for node in self.nodes)
                    and all(node.info("replication").get("master_link_status") == "up" for node in self.nodes
                            if node is not master and node.server.alive()))
        wait_until(in_step, seconds, f"{replicas} replicas in step with the master")

    def wait_quorum(self) -> None:
        wait_until(lambda: all(node.cli(f"SENTINEL CKQUORUM {MASTER_NAME}", 26379).startswith("OK 3 usable")
                               for node in self.nodes), 30, "three sentinels that know each other")

    def wait_moved(self, old: Node, seconds: float = 60) -> Node:
        """Until every sentinel tells of another master than the old one."""
        wait_until(lambda: all(self.master_seen_by(node) not in ("", old.address) for node in self.nodes), seconds,
                   "every sentinel to name the new master")
        return self.master


def waited(action: Callable[[], Any]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def edit_for(node: Node, configuration: str, **more: str) -> None:
    """What the operator edits in the kit's file."""
    node.machine.edit(configuration, bind=f"{node.address} 127.0.0.1", requirepass=node.password, masterauth=node.password,
                      maxmemory="512mb", **more)
