"""Many submissions: each gets what it earns, none sees the others, outlives its grading, or stops it."""

import csv
import io
import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from project import Project
from samples import SERVERS

from harness.grader import sandbox
from harness.grader.sandbox import Limits
from harness.grader.submissions import Submission, table

LINGERS = "86399.25"  # seconds that the daemon of a submission sleeps: a mark to find it by
SPY = """#!/bin/sh
cat %s/half/run >/dev/null 2>&1 && echo error: I saw the others || echo error: I saw nothing
cat %s/strata >/dev/null 2>&1 && echo error: I saw the reference || echo error: I saw nothing
exit 1
"""
DAEMON = f"#!/bin/sh\nsetsid sleep {LINGERS} >/dev/null 2>&1 &\ncp mini.py run; chmod +x run\n"


def lingering():
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if LINGERS.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.mark.limit(120)
def test_a_class_of_submissions(tmp_path):
    project = Project(tmp_path / "project")
    folder = tmp_path / "submissions"
    mini = "#!/usr/bin/env python3\n" + (SERVERS / "mini.py").read_text()

    def submit(name, **files):
        (folder / name).mkdir(parents=True)
        for file, text in files.items():
            path = folder / name / file.replace("_py", ".py")
            path.write_text(text)
            path.chmod(0o755)

    submit("half", run=mini.replace("return self.bulk(DATA.get(key))", "os.abort()"))
    submit("daemon", build=DAEMON, mini_py=mini)
    submit("spy", build=SPY % (folder, project.root))
    submit("=SUM(1)", notes="nothing to run")
    feedback = tmp_path / "feedback"
    code, out, said = project.grade("1", "--submissions", str(folder), "--feedback", str(feedback))
    assert code == 0, said
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(out))}

    # Each gets what it earns, and the notes say why it is not more.
    assert {name: (row["total"], row["possible"], row["1.2"]) for name, row in rows.items()} == {
        "half": ("13.0", "16.0", "3.0"), "daemon": ("16.0", "16.0", "6.0"), "spy": ("0.0", "16.0", "0.0"),
        "'=SUM(1)": ("0.0", "16.0", "0.0")}
    assert rows["half"]["notes"] == "" and "no server found" in rows["'=SUM(1)"]["notes"]
    assert "the build failed with code 1" in rows["spy"]["notes"]
    assert not lingering()

    # What is said to be hidden is hidden.
    claimed = "sees neither the other submissions nor this repository" in said
    assert claimed == ("I saw nothing | error: I saw nothing" in rows["spy"]["notes"])
    assert claimed or "can read" in said

    assert sorted(path.stem for path in feedback.iterdir()) == ["=SUM(1)", "daemon", "half", "spy"]
    assert "**16.0 of 16.0 points**" in (feedback / "daemon.md").read_text()
    assert "no server found" in (feedback / "=SUM(1).md").read_text()


@pytest.fixture
def box(tmp_path):
    (tmp_path / "source").mkdir()
    with sandbox.sandbox([], Limits(resident=300 << 20, file=1 << 20, disk=8 << 20, processes=2000)) as made:
        made.take(tmp_path / "source")
        yield made
    assert not made.place.exists()


def test_time_is_limited(box):
    begin = time.monotonic()
    assert box.run(["sleep", "600"], 0.3)[0] is None and time.monotonic() - begin < 30


def test_memory_is_limited(box):
    with box.memory_guard as guard:
        hungry = "import time; x = [bytearray(1 << 24) for _ in range(60)]; time.sleep(60)"
        code, _ = box.run(["python3", "-c", hungry], 30)
    assert code == -9 and guard.exceeded


def test_file_size_and_output_are_limited(box):
    code, output = box.run(["sh", "-c", "head -c 5000000 /dev/zero > big; stat -c %s big; yes"], 30)
    assert code != 0 and output.startswith(("y\n", "\ny")) and len(output) <= 64 << 10
    assert (box.work / "big").stat().st_size <= 1 << 20


@pytest.mark.parametrize("file", ["open(f'f{n}', 'wb')", "tempfile.TemporaryFile(dir='.')"])
def test_disk_is_limited_over_many_files(box, file):
    filler = f"import tempfile, time\nkept = []\nfor n in range(32):\n  f = {file}; f.write(bytes(1 << 20)); f.flush()\n"
    with box.disk_guard as guard:
        code, _ = box.run(["python3", "-c", filler + "  kept.append(f)\ntime.sleep(60)"], 30)
    assert code == -9 and guard.exceeded


def test_nothing_is_left_where_everybody_may_write(box):
    if box.user is None:
        assert "you can" in sandbox.enforcement()  # as ourselves: the grader cannot tell its files from ours
        return
    mark = f"left-{box.place.name}"
    places = [folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.path.isdir(folder)]
    code, _ = box.run(["sh", "-c", " && ".join(f"mkdir {place}/{mark} && touch {place}/{mark}/x" for place in places)], 30)
    assert code == 0
    sandbox._sweep(box.user)
    assert not [place for place in places if Path(place, mark).exists()]


def test_an_installed_redis_server_is_out_of_reach(box):
    code, output = box.run(["redis-server", "--version"], 30)
    assert (code != 0) == box.mounts, output


def test_a_link_out_of_the_submission_is_no_server(tmp_path):
    project = Project(tmp_path / "project")
    source = tmp_path / "links"
    source.mkdir()
    (source / "run").symlink_to("/bin/true")
    (source / "build.sh").symlink_to("/bin/true")
    code, _, said = project.grade("1", "--submission", str(source), "--report", "json", "--out", str(tmp_path / "report"))
    assert code == 1 and "no server found" in json.loads((tmp_path / "report").read_text())["stages"][0]["problem"], said


def test_home_is_its_own_and_privileges_are_gone(box):
    script = 'touch "$HOME/x" && echo "$HOME" && id -u && grep NoNewPrivs /proc/self/status'
    code, output = box.run(["sh", "-c", script], 30)
    home, user, privileges = output.splitlines()
    assert code == 0 and home == str(box.home) and user != "0" and privileges.endswith("1")
    assert user == str(box.user) or os.geteuid() != 0


def test_csv_quotes_and_shortens():
    text = table([Submission("a,b", note="x\n" * 1000), Submission("@x")], [])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["name"] == "a,b" and len(rows[0]["notes"]) < 400 and rows[1]["name"] == "'@x"


@pytest.mark.limit(60)
def test_the_autograder_holds_no_solution(tmp_path):
    project = Project(tmp_path / "project")
    (project.root / "stages" / "01_sample" / "first.cpp").write_text("int the_solution;")
    kit = project.root / "kit" / "gradescope"
    kit.mkdir(parents=True)
    for name in ("setup.sh", "run_autograder"):
        (kit / name).write_text((SERVERS.parents[1] / "kit" / "gradescope" / name).read_text())
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path in archives:
        assert project.grade("1", "--make-autograder", str(path))[0] == 0
    assert archives[0].read_bytes() == archives[1].read_bytes()

    root = tmp_path / "autograder"
    with zipfile.ZipFile(archives[0]) as archive:
        assert not [name for name in archive.namelist() if b"the_solution" in archive.read(name)]
        archive.extractall(root / "source")
    (root / "submission" / "upload").mkdir(parents=True)
    run = root / "submission" / "upload" / "run"
    run.write_text("#!/usr/bin/env python3\n" + (SERVERS / "mini.py").read_text())
    run.chmod(0o755)
    subprocess.run(["sh", str(root / "source" / "run_autograder")], env={**os.environ, "AUTOGRADER_ROOT": str(root)},
                   check=True, timeout=60, capture_output=True)
    results = json.loads((root / "results" / "results.json").read_text())
    assert [test["score"] for test in results["tests"]] == [10, 6]
