"""Every row of the decision table: the files are laid out, the server starts, and what it did is looked at."""

import shutil

import pytest
from decision_table import ROWS, Row, shown

from strata_harness.aof_files import Part, base, history, incr, log, manifest, read_manifest
from strata_harness.aof_server import MANIFEST, NAME, log_dir, reborn
from strata_harness.hybrid import HYBRID, goes_on_as_image, image, old_file
from strata_harness.snapshots import dump_path, refuse

NONSENSE = b"file nonsense\n"
MOVED = Part(NAME, 1, "b")


def part_of(name):
    """The entry of a manifest that the table calls `name`."""
    if name.startswith("h:"):
        return history(part_of(name[2:]))
    if name == "moved":
        return MOVED
    if name.startswith("b"):
        number, _, suffix = name[1:].partition(".")
        return base(int(number), suffix=suffix)
    return incr(int(name[1:]))


def name_of(part):
    """What the table calls a part."""
    if part.type == "h":
        kind = "b" if ".base." in part.name else "i"
        return "h:" + name_of(Part(part.name, part.seq, kind))
    if part == MOVED:
        return "moved"
    return f"{part.type}{part.seq}" + ("." + part.name.rpartition(".")[2] if part.type == "b" else "")


def path_of(server, name):
    return {"dump": dump_path(server), "old": old_file(server)}.get(name) or log_dir(server) / part_of(name).name


def contents_of(name, what):
    key = name.partition(".")[0]
    commands, tail = log(f"SET {key} {key}"), log(f"SET {key}-tail {key}-tail")
    an_image = image(key, origin="aof-preamble" if name == "old" else "aof-base")
    natural = an_image if name == "dump" or name.endswith(".rdb") else commands
    flipped = bytearray(natural)
    flipped[-10 if natural is an_image else 0] ^= 1  # the value's last byte; the first command's star
    return {"": natural, "image": an_image, "commands": commands, "both": an_image + tail, "empty": b"",
            "cut": commands + tail[:-3], "both-cut": an_image + tail + tail[:-3], "torn": an_image[:-1],
            "damaged": bytes(flipped)}[what]


def lay_out(server, row: Row):
    names = row.files.split()
    if names and (set(names) - {"dump", "old"}) or row.manifest is not None:
        log_dir(server).mkdir()
    for name in names:
        name, _, what = name.partition(":")
        if name != "dir":
            path_of(server, name).write_bytes(contents_of(name, what))
    if row.manifest is not None:
        text = NONSENSE if row.manifest == "nonsense" else manifest(map(part_of, row.manifest.split()))
        (log_dir(server) / MANIFEST).write_bytes(text or b"# nothing\n")


def restore(server):
    """The log of a backup in the place of what is there."""
    shutil.rmtree(log_dir(server), ignore_errors=True)
    log_dir(server).mkdir()
    for name in ("b1.rdb", "i1"):
        path_of(server, name).write_bytes(contents_of(name, ""))
    (log_dir(server) / MANIFEST).write_bytes(manifest(map(part_of, ["b1.rdb", "i1"])))
    server.options["appendonly"] = "yes"


def files_of(server):
    """Every file, as the table calls it."""
    found = {name for name in ("dump", "old") if path_of(server, name).exists()}
    if not log_dir(server).exists():
        return found
    known = {part.name: name_of(part) for number in range(1, 5) for part in (
        base(number, suffix="rdb"), base(number), incr(number), MOVED)}
    inside = {path.name for path in log_dir(server).iterdir()} - {MANIFEST}
    return found | {known.get(name, f"+{name}") for name in inside} or {"dir"}


def manifest_of(server):
    path = log_dir(server) / MANIFEST
    if not path.exists():
        return None
    text = path.read_bytes()
    return "nonsense" if text == NONSENSE else " ".join(map(name_of, read_manifest(text)))


def expected_files(row: Row):
    return {name.partition(":")[0] for name in row.files_after.split()}


def id_of(row: Row) -> str:
    by = "" if row.manifest is None else f" by {row.manifest or 'an empty manifest'}"
    return f"{shown(row.options)}: {row.files or 'nothing'}{by}"


@pytest.mark.parametrize("row", [row for row in ROWS if not row.refused], ids=id_of)
@pytest.mark.goal("A start loads, makes and deletes what its row of the decision table says, and the next start agrees")
def test_started(fresh_server, row):
    server = fresh_server(start=False, **{**HYBRID, **row.options})
    lay_out(server, row)
    wire = server.start().wire()
    assert set(wire("KEYS", "*")) == {key.encode() for key in row.loaded.split()}, row.reason
    assert all(wire("GET", key) == key.encode() for key in row.loaded.split())
    assert files_of(server) == expected_files(row), row.reason
    assert manifest_of(server) == row.manifest_after, row.reason
    kept = row.loaded.split()
    if row.options["appendonly"] == "yes":
        wire.ok("SET", "written", "written")
        kept.append("written")
    found = set(reborn(server)("KEYS", "*")) - {key.encode() for key in row.returns.split()}
    assert found == {key.encode() for key in kept}, "at the next start"
    goes_on_as_image(server)


@pytest.mark.parametrize("row", [row for row in ROWS if row.refused], ids=id_of)
@pytest.mark.goal("Where its row of the decision table says so, the server does not start, tells why and touches no "
                  "data; with another log in its place it starts")
def test_refused(fresh_server, row):
    server = fresh_server(start=False, **{**HYBRID, **row.options})
    lay_out(server, row)
    text = refuse(server)
    assert row.loaded in text, row.reason
    assert files_of(server) == expected_files(row), row.reason
    assert manifest_of(server) == row.manifest_after, row.reason
    for name in row.files.split():
        name, _, what = name.partition(":")
        if name not in ("dir", "old") and what != "cut":  # Redis cuts a file before it sees that it is not the last
            assert path_of(server, name).read_bytes() == contents_of(name, what)
        elif name == "old":
            assert path_of(server, "moved").read_bytes() == contents_of(name, what)
    restore(server)
    assert set(server.start().wire()("KEYS", "*")) == {b"b1", b"i1"}
