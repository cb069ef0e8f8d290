"""ioredis in sentinel mode: it finds the master, follows a failover, and goes on writing."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from strata_harness.sentinels import HOST
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
HERE = Path(__file__).resolve().parent
WRITER = HERE / "ioredis" / "writer.js"
MIXED = {"servers": ["ours", "redis", "ours"], "sentinels": ["ours", "redis", "ours"]}
PROMISED = ("Connection is closed.", "READONLY ", "Reached the max retries per request limit", "UNBLOCKED", "LOADING ",
            "Command timed out")


class Writer:
    """The running program; `lines` are what it has told so far."""

    def __init__(self, folder, quorum, **options):
        self._output = folder / "writer.out"
        options = {"sentinels": [{"host": HOST, "port": one.port} for one in quorum.sentinels], "name": "m", **options}
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen(["node", str(WRITER), json.dumps(options)], stdin=subprocess.PIPE,
                                            stdout=output, stderr=subprocess.STDOUT)

    @property
    def lines(self):
        whole = self._output.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in whole if line.endswith("\n")]

    def ports(self):
        return [line["port"] for line in self.lines if "port" in line]

    def end(self):
        """Closes its input; how many of the acknowledged writes it could read back."""
        self.process.stdin.close()
        assert self.process.wait(scaled(15)) == 0, self._output.read_text()[-2000:]
        return self.lines[-1]["read"]


@pytest.fixture
def writer(tmp_path):
    assert os.environ.get("STRATA_IOREDIS"), "run ./strata clients, which installs ioredis and says where it is"
    made = []

    def make(quorum, **options):
        made.append(Writer(tmp_path, quorum, **options))
        wait_until(lambda: len(made[-1].ports()) > 20, 10, "twenty writes")
        return made[-1]
    yield make
    for one in made:
        one.process.kill()
        one.process.wait()


@pytest.mark.parametrize("end", ["kill", "failover", "hang"])
@pytest.mark.goal("ioredis writes through a failover, with no other errors than its documentation promises")
def test_write_through(group, writer, end):
    quorum = group(**MIXED)
    old = quorum.servers[0]
    client = writer(quorum, **({"commandTimeout": 1000, "connectTimeout": 1000} if end == "hang" else {}))
    assert set(client.ports()) == {old.port}
    if end == "failover":
        quorum.sentinels[0].ask("FAILOVER", "m")
    else:
        old.signal(9 if end == "kill" else 19)
        old.stopping = True
    if end == "hang":
        quorum.agreed(instead_of=old)
        old.kill()  # a hung connection says nothing: ioredis leaves it when it breaks
    new = quorum.agreed(instead_of=old)
    wait_until(lambda: client.ports()[-1] == new.port, 20, "a write at the new master")
    count = len(client.ports())
    wait_until(lambda: len(client.ports()) > count + 20, 10, "twenty more writes")
    read = client.end()
    by_new = [line["done"] for line in client.lines if line.get("port") == new.port]
    errors = [line["text"] for line in client.lines if "error" in line]
    assert [text for text in errors if not text.startswith(PROMISED)] == []
    assert read >= len(by_new), "everything that the new master acknowledged is there"
    print(f"{len(client.ports())} writes acknowledged, {len(errors)} refused, {len(client.ports()) - read} of the old master's lost")


@pytest.mark.goal("ioredis that listens to the sentinels leaves the old master as soon as they tell of the new one")
def test_failover_detector(group, writer):
    quorum = group(**MIXED)
    client = writer(quorum, failoverDetector=True)
    quorum.servers[0].signal(19)
    new = quorum.agreed(instead_of=quorum.servers[0])
    wait_until(lambda: client.ports()[-1] == new.port, 10, "a write at the new master, while the old one still hangs")
    assert client.end() > 20


@pytest.mark.goal("ioredis asks the sentinels for replicas, too, and reads from one")
def test_reads_from_replicas(group, writer):
    quorum = group(servers=["ours", "ours"], sentinels=["ours"], quorum=1)
    writer(quorum).end()
    reader = Writer(quorum.servers[1].dir, quorum, role="slave")
    wait_until(lambda: reader.lines, 10, "the connection")
    assert reader.lines[0] == {"ready": quorum.servers[1].port}
    reader.process.kill()
    reader.process.wait()


@pytest.mark.goal("Sentinels with a password let ioredis in with it")
def test_sentinel_password(group, writer, fresh_sentinel):
    quorum = group(servers=["ours", "ours"], sentinels=["ours"], quorum=1, sentinel_password="open")
    client = writer(quorum, sentinelPassword="open")
    quorum.servers[0].kill()
    wait_until(lambda: client.ports()[-1] == quorum.servers[1].port, 20, "a write at the new master")
    assert client.end() > 20
