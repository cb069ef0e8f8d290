"""ioredis' Cluster: it finds its way while slots move and masters change, and what it was told is true afterwards."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from strata_harness.cluster import slot_of
from strata_harness.cluster_history import History
from strata_harness.cluster_nodes import Cluster
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(90)
PROGRAM = Path(__file__).resolve().parent / "ioredis" / "cluster_writer.js"
KEYS = [f"key:{i}" for i in range(24)]
PROMISED = ("Too many Cluster redirections", "Connection is closed.", "CLUSTERDOWN", "Command timed out")
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


class Load:
    """The running program, and the history of its writes."""

    def __init__(self, folder, node, **options):
        assert os.environ.get("STRATA_IOREDIS"), "run ./strata clients, which installs ioredis and says where it is"
        self._output = folder / "cluster_writer.out"
        words = {"nodes": [{"host": "127.0.0.1", "port": node.server.port}], "keys": KEYS, "options": options}
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen(["node", str(PROGRAM), json.dumps(words)], stdin=subprocess.PIPE,
                                            stdout=output, stderr=subprocess.STDOUT)
        self.more(2)

    def lines(self):
        whole = self._output.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in whole if line.endswith("\n")]

    def more(self, rounds):
        """Until every key was written so many more times."""
        done = len(self.lines())

        def counts():
            answered = [line["key"] for line in self.lines()[done:] if "answer" in line]
            return all(answered.count(key) >= rounds for key in KEYS)
        wait_until(counts, 40, f"{rounds} more writes of every key")

    def end(self, cluster):
        """Stops it: the history of its writes, with the values that were found in the end, and the errors it met."""
        self.process.stdin.close()
        assert self.process.wait(scaled(20)) == 0, self._output.read_text()[-2000:]
        history = History([], KEYS)
        errors = []
        for line in self.lines()[1:]:
            if "error" in line:
                errors.append(line["error"])
                history.unanswered_write(line["key"])
            else:
                history.note(line["key"], line["answer"], 0)
        for key in KEYS:
            history.note(key, int(cluster("GET", key) or 0), 0, final=True)
        print(f"{history.acknowledged} writes acknowledged, {len(errors)} failed, {len(history.lost)} lost")
        assert not history.doubled
        return history, errors


@pytest.fixture
def loaded(new_cluster, tmp_path):
    made = []

    def make(mixed, **options):
        cluster = new_cluster(mixed, masters=3, replicas=1).start()
        made.append(Load(tmp_path, cluster[4], **options))
        return cluster, made[-1]
    yield make
    for one in made:
        one.process.kill()
        one.process.wait()


@pytest.fixture
def new_cluster(fresh_server, reference):
    def make(mixed, **options):
        return Cluster([fresh_server, reference] if mixed else [fresh_server], **options)
    return make


@BOTH
@pytest.mark.goal("ioredis' Cluster pipelines, runs transactions and scripts, and reaches every node")
def test_everyday(loaded, mixed):
    cluster, load = loaded(mixed)
    assert load.lines()[0] == {"everyday": [[[None, "OK"], [None, 2], [None, "2"]], [[None, "OK"], [None, 2]], 4, 2]}
    history, errors = load.end(cluster)
    assert errors == [] and history.lost == []


@BOTH
@pytest.mark.goal("Slots go to another node and back under load: ioredis sees no error, nothing is lost or done twice")
def test_reshard(loaded, mixed):
    cluster, load = loaded(mixed)
    for source, target in ((cluster[0], cluster[1]), (cluster[1], cluster[0])):
        wait_until(cluster.agreed, 15, "all to agree")
        done = subprocess.run(["redis-cli", "--cluster", "reshard", f"127.0.0.1:{cluster[2].server.port}", "--cluster-from",
                               source.id, "--cluster-to", target.id, "--cluster-slots", "1000", "--cluster-yes"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=scaled(60))
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
        load.more(2)
    cluster.settled()
    history, errors = load.end(cluster)
    assert errors == [] and history.lost == []


@BOTH
@pytest.mark.goal("Replicas take over by hand under load: nothing is lost, and ioredis fails no write")
def test_failover_by_hand(loaded, mixed):
    cluster, load = loaded(mixed)
    for replica in cluster.nodes[3:]:
        replica.wire.ok("CLUSTER", "FAILOVER")
        wait_until(replica.is_master, 15, "the replica to be master")
        load.more(2)
    cluster.settled()
    history, errors = load.end(cluster)
    assert errors == [] and history.lost == []


@BOTH
@pytest.mark.goal("A master dies under load: ioredis writes on at its replica; only writes of that moment may be lost")
def test_failover(loaded, mixed):
    cluster, load = loaded(mixed)
    cluster[0].server.kill()
    wait_until(cluster[3].is_master, 20, "the replica to take over")
    load.more(3)
    history, errors = load.end(cluster)
    assert [text for text in errors if not text.startswith(PROMISED)] == []
    assert len(history.lost) <= 2 * len(KEYS), "the replica was far behind"
    assert {slot_of(ack.key) for ack in history.lost} <= cluster.parts[0], "the other masters lost nothing"
