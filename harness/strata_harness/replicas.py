"""Masters and replicas: who follows whom, and whether both hold the same."""

from .server import Server
from .wait import wait_until
from .wire import Wire

OPTIONS = {"enable_debug_command": "yes", "repl_diskless_sync_delay": 0}


def _fields(wire: Wire, section: str) -> dict[str, str]:
    lines = wire("INFO", section).decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def replication(wire: Wire) -> dict[str, str]:
    """INFO replication."""
    return _fields(wire, "replication")


def stats(wire: Wire) -> tuple[int, ...]:
    """What a master has counted: full transfers, partial ones, partial ones that it had to refuse."""
    told = _fields(wire, "stats")
    return tuple(int(told[name]) for name in ("sync_full", "sync_partial_ok", "sync_partial_err"))


def offset(wire: Wire) -> int:
    """master_repl_offset: what a master has produced, or a replica applied."""
    return int(replication(wire)["master_repl_offset"])


def link_up(replica: Wire, seconds: float = 10) -> None:
    """Until the replica's link is up."""
    wait_until(lambda: replication(replica).get("master_link_status") == "up", seconds, "the link to the master")


def follow(replica: Wire, master: Server) -> None:
    replica.ok("REPLICAOF", "127.0.0.1", master.port)


def synced(replica: Wire, master: Server) -> Wire:
    """The replica follows that master, and the link is up. Returns a connection to the master."""
    follow(replica, master)
    link_up(replica)
    return master.wire(name="master")


def same_in_the_end(master: Wire, *replicas: Wire) -> None:
    """Until all hold the same, at the same offset: keys may still be about to expire."""
    def same() -> bool:
        told = [(one("DEBUG", "DIGEST"), offset(one)) for one in (master, *replicas)]
        return all(one == told[0] for one in told)
    wait_until(same, 15, "master and replicas to hold the same")


def in_step(master: Wire, replica: Wire) -> None:
    """Waits until the replica has applied all that the master has produced; both must hold the same then."""
    link_up(replica, 15)
    wait_until(lambda: replication(replica)["slave_repl_offset"] == replication(master)["master_repl_offset"], 15,
               "the stream to be applied")
    assert replica("DEBUG", "DIGEST") == master("DEBUG", "DIGEST")
    assert replication(replica)["master_replid"] == replication(master)["master_replid"]
