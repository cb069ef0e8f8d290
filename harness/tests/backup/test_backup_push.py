"""Pushing: into a second folder, by a command."""

import json


def test_a_second_folder_is_a_backup_folder_of_its_own(place):
    second = place.root / "second"
    second.mkdir()
    for time in ("2026-11-01T00:00:00Z", "2026-11-01T01:00:00Z", "2026-11-10T00:00:00Z"):
        place.run("--push-dir", second, now=time)
    assert place.names(second) == place.names() and len(place.names()) == 6, "both are pruned by the same rules"
    place.call("strata-backup", "verify", "--from", second)
    for name in place.names():
        (place.copies / name).unlink()
    place.dump.unlink()
    place.call("strata-backup", "restore", "--from", second, "--dir", place.data)


def test_a_second_folder_that_is_missing_fails_the_run_but_keeps_the_copy(place):
    answer = place.run("--push-dir", place.root / "not-mounted", code=1)
    assert "is its disk mounted?" in answer.stderr and "is kept, but was not pushed" in answer.stderr
    assert len(place.listed()) == 1 and not (place.root / "not-mounted").exists()
    unusable = place.root / "unusable"
    (unusable / ".lock").mkdir(parents=True)
    answer = place.run("--push-dir", unusable, now="2026-11-22T13:00:00Z", code=1)
    assert "is kept, but was not pushed" in answer.stderr and f"{unusable}/.lock: Is a directory" in answer.stderr
    assert "the backup folder itself" in place.run("--push-dir", place.copies, code=1).stderr


def test_a_command_gets_the_files(place):
    tool = place.script("push it", f'printf "%s\\n" "$@" > "{place.root}/words"\n')
    place.run("--push-command", f"'{tool}' {{file}} to:{{name}} at={{time}} {{files}} 'a  b' $HOME")
    copy = str(place.copies / "dump-20261122T120000Z.rdb")
    assert (place.root / "words").read_text().splitlines() == [
        copy, "to:dump-20261122T120000Z.rdb", "at=20261122T120000Z", copy, f"{copy}.json", f"{copy}.sha256",
        "a  b", "$HOME"]


def test_a_command_that_fails_is_told_and_nothing_is_pruned(place):
    for hour in range(3):
        place.run(now=f"2026-11-01T0{hour}:00:00Z")
    answer = place.run("--push-command", "sh -c 'echo no route to host >&2; exit 7'", code=1)
    assert "exit code 7" in answer.stderr and "no route to host" in answer.stderr
    assert len(place.listed()) == 4, "kept, and nothing pruned"
    place.run(now="2026-11-22T13:00:00Z")
    assert len(place.listed()) == 3, "the success after it prunes"


def test_a_command_that_cannot_be_run_or_does_not_end(place):
    assert "cannot be run" in place.run("--push-command", "/no/such/program {file}", code=1).stderr
    slow = ["--push-command", "sleep 1000", "--timeout", "0.2"]
    assert "did not end in" in place.run(*slow, now="2026-11-22T13:00:00Z", code=1).stderr
    assert len(place.listed()) == 2


def test_one_push_that_fails_does_not_keep_the_other_from_being_tried(place):
    answer = place.run("--push-dir", place.root / "none", "--push-command", f"cp {{files}} {place.root}", code=1)
    assert "is its disk mounted?" in answer.stderr
    assert json.loads((place.root / "dump-20261122T120000Z.rdb.json").read_text())["keys"]
