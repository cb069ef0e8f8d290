"""Masters and replicas: who follows whom, and whether both hold the same."""

from strata_harness.server import Server
from strata_harness.wait import wait_until
from strata_harness.wire import Wire

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


def follow(replica: Wire, master: Server) -> None:
    replica.ok("REPLICAOF", "127.0.0.1", master.port)


def in_step(master: Wire, replica: Wire) -> None:
    """Waits until the replica has applied all that the master has produced; both must hold the same then."""
    wait_until(lambda: replication(replica)["master_link_status"] == "up", 15, "the link")
    wait_until(lambda: replication(replica)["slave_repl_offset"] == replication(master)["master_repl_offset"], 15,
               "the stream to be applied")
    assert replica("DEBUG", "DIGEST") == master("DEBUG", "DIGEST")
    assert replication(replica)["master_replid"] == replication(master)["master_replid"]
