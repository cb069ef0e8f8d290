"""What a start does: which files lie there and which options are set, and what is loaded, made, refused.

    python3 decision_table.py        prints the table in Markdown, as the chapter has it (./strata docs --update)
    python3 decision_table.py zh     the same in Chinese

A file is written in short; each holds one key (its own name without suffix), so that what was loaded can be told:

    dump, old          dump.rdb, and the one file of Redis 4 to 6, in the working directory
    b1.rdb, b1.aof     appendonlydir/appendonly.aof.1.base.rdb, .aof
    i1, moved          appendonlydir/appendonly.aof.1.incr.aof, and old after its move into the directory
    dir                appendonlydir itself, with nothing in it
    NAME:WHAT          the same with other contents; image, commands, both (an image, then commands), empty, cut (in the
                       middle of a command), torn (an image without its end), damaged (a bit flipped)

A manifest is the list of what it names; h: is history. None: there is none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from decision_table_zh import WORDS

ON, OFF = {"appendonly": "yes"}, {"appendonly": "no"}
COMMANDS = {**ON, "aof_use_rdb_preamble": "no"}
STRICT = {**ON, "aof_load_truncated": "no"}
KEPT = {"aof_disable_auto_gc": "yes"}


@dataclass(frozen=True)
class Row:
    options: dict[str, str]
    files: str
    manifest: str | None
    loaded: str  # the keys; or why the start is refused, in the words of the log
    files_after: str
    manifest_after: str | None
    reason: str
    refused: bool = False
    returns: str = ""  # what may, besides, be back at the next start: Redis 7.0.15 appends to a stray file of that name


def refused(options: dict[str, str], files: str, manifest: str | None, message: str, reason: str,
            files_after: str | None = None, manifest_after: str | None = None) -> Row:
    """A start that ends with an error. As a rule it leaves everything as it was."""
    return Row(options, files, manifest, message, files if files_after is None else files_after,
               manifest if manifest_after is None else manifest_after, reason, refused=True)


NOT_THERE = "Unable to obtain the AOF file"
BAD_FORMAT = "Bad file format reading the append only file"
BAD_CHECKSUM = "Wrong RDB checksum"
SHORT_IMAGE = "Short read or OOM loading DB"
CUT_SHORT = "Unexpected end of file reading the append only file"
NOT_LAST = "the truncated file is not the last file"
BAD_MANIFEST = "Invalid AOF manifest file format"

TABLE: dict[str, list[Row]] = {
    "Nothing is there": [
        Row(OFF, "", None, "", "", None, "nothing is kept unless a save point or SAVE asks for it"),
        Row(ON, "", None, "", "b1.rdb i1", "b1.rdb i1", "an empty image is the first base"),
        Row(COMMANDS, "", None, "", "b1.aof i1", "b1.aof i1", "the first base obeys the option: an empty file"),
        Row(ON, "dir", None, "", "b1.rdb i1", "b1.rdb i1", "an empty directory is as good as none"),
        Row(OFF, "dir", None, "", "dir", None, "and without the log nobody touches it"),
    ],
    "A snapshot": [
        Row(OFF, "dump", None, "dump", "dump", None, "without the log the snapshot is the data"),
        Row(ON, "dump", None, "", "dump b1.rdb i1", "b1.rdb i1",
            "with the log on, it is never read: the server starts EMPTY; switch the log on at run time instead"),
        Row(COMMANDS, "dump", None, "", "dump b1.aof i1", "b1.aof i1", "whatever the base's format"),
        Row(ON, "dump dir", None, "", "dump b1.rdb i1", "b1.rdb i1", "an empty directory changes nothing about it"),
        refused(OFF, "dump:damaged", None, BAD_CHECKSUM, "half of the data would be worse than none"),
        Row(ON, "dump:damaged", None, "", "dump b1.rdb i1", "b1.rdb i1", "what is not read cannot hurt"),
        Row(OFF, "dump b1.rdb i1", "b1.rdb i1", "dump", "dump b1.rdb i1", "b1.rdb i1",
            "the log is there, but off: the snapshot loads, even if the log is newer"),
        Row(ON, "dump b1.rdb i1", "b1.rdb i1", "b1 i1", "dump b1.rdb i1", "b1.rdb i1",
            "the log is on: it loads, even if the snapshot is newer"),
        Row(ON, "dump:damaged b1.rdb i1", "b1.rdb i1", "b1 i1", "dump b1.rdb i1", "b1.rdb i1",
            "a damaged snapshot does not matter beside it"),
        Row(OFF, "b1.rdb i1", "b1.rdb i1", "", "b1.rdb i1", "b1.rdb i1",
            "no snapshot, and the log is off: nothing loads, although data is there"),
    ],
    "A log": [
        Row(ON, "b1.rdb i1", "b1.rdb i1", "b1 i1", "b1.rdb i1", "b1.rdb i1", "the usual start of a hybrid log"),
        Row(COMMANDS, "b1.rdb i1", "b1.rdb i1", "b1 i1", "b1.rdb i1", "b1.rdb i1",
            "the option is about writing: an image is read all the same, and stays until the next rewrite"),
        Row(ON, "b1.aof i1", "b1.aof i1", "b1 i1", "b1.aof i1", "b1.aof i1", "a base of commands likewise"),
        Row(COMMANDS, "b1.aof i1", "b1.aof i1", "b1 i1", "b1.aof i1", "b1.aof i1", "the usual start without images"),
        Row(ON, "b1.rdb i1 i2 i3", "b1.rdb i1 i2 i3", "b1 i1 i2 i3", "b1.rdb i1 i2 i3", "b1.rdb i1 i2 i3",
            "a rewrite failed or was interrupted, even twice: base and all logs since, in order"),
        Row(ON, "b1.rdb:commands i1", "b1.rdb i1", "b1 i1", "b1.rdb i1", "b1.rdb i1",
            "the suffix lies: the content decides"),
        Row(ON, "b1.aof:image i1", "b1.aof i1", "b1 i1", "b1.aof i1", "b1.aof i1", "and so the other way round"),
        Row(ON, "b1.rdb:both i1", "b1.rdb i1", "b1 b1-tail i1", "b1.rdb i1", "b1.rdb i1",
            "commands may follow the image of a base, as in the one file of old"),
        Row(ON, "b1.rdb i1:image", "b1.rdb i1", "b1 i1", "b1.rdb i1", "b1.rdb i1",
            "a log may begin with an image, too, though no server writes one"),
        Row(ON, "b1.rdb", "b1.rdb", "b1", "b1.rdb i1", "b1.rdb i1",
            "BGREWRITEAOF while the log was off leaves a base alone; a log is opened for it"),
        Row(OFF, "b1.rdb", "b1.rdb", "", "b1.rdb", "b1.rdb", "and that base is not read while the log is off"),
        Row(ON, "i1", "i1", "i1", "i1", "i1", "logs without a base load; none is made for them"),
        Row(ON, "b1.rdb:empty i1", "b1.rdb i1", "i1", "b1.rdb i1", "b1.rdb i1", "an empty file has no commands"),
        Row(ON, "b1.rdb:empty i1:empty", "b1.rdb i1", "", "b1.rdb i1", "b1.rdb i1", "nor do two of them make data"),
    ],
    "A log that is not whole": [
        refused(ON, "i1", "b1.rdb i1", NOT_THERE, "the base is missing: what the log says is worth nothing without it"),
        refused(ON, "b1.rdb", "b1.rdb i1", NOT_THERE, "a log is missing: acknowledged writes would be gone in silence"),
        refused(ON, "b1.rdb i2", "b1.rdb i1 i2", NOT_THERE, "also one in the middle"),
        refused(ON, "dump", "b1.rdb i1", NOT_THERE, "all of it is missing; a snapshot is no substitute"),
        Row(OFF, "dump i1", "b1.rdb i1", "dump", "dump i1", "b1.rdb i1", "off: nobody asks for the files"),
        refused(ON, "b1.rdb:torn i1", "b1.rdb i1", SHORT_IMAGE, "an image without its end is never cut, but refused"),
        refused(ON, "b1.rdb:torn", "b1.rdb", SHORT_IMAGE, "even as the last file"),
        refused(ON, "b1.rdb:damaged i1", "b1.rdb i1", BAD_CHECKSUM, "its checksum does not fit"),
        refused(ON, "b1.aof:damaged i1", "b1.aof i1", BAD_FORMAT, "a base of commands that is none"),
        Row(ON, "b1.rdb i1:cut", "b1.rdb i1", "b1 i1", "b1.rdb i1", "b1.rdb i1",
            "a crash in the middle of a write: the last file is cut back to its last whole command"),
        refused(STRICT, "b1.rdb i1:cut", "b1.rdb i1", CUT_SHORT, "unless aof-load-truncated forbids it"),
        Row(ON, "b1.aof:cut", "b1.aof", "b1", "b1.aof i1", "b1.aof i1", "a base of commands may be the last file"),
        Row(ON, "b1.rdb:both-cut", "b1.rdb", "b1 b1-tail", "b1.rdb i1", "b1.rdb i1",
            "the commands behind an image may be cut, the image not"),
        refused(ON, "b1.aof:cut i1", "b1.aof i1", NOT_LAST, "only the last file can have been cut by a crash"),
        refused(ON, "b1.rdb i1:cut i2", "b1.rdb i1 i2", NOT_LAST, "also among the logs"),
        refused(ON, "b1.rdb i1:damaged", "b1.rdb i1", BAD_FORMAT, "garbage is no crash; redis-check-aof --fix cuts it"),
    ],
    "The manifest": [
        Row(ON, "b1.rdb i1", None, "", "b1.rdb i1", "b1.rdb i1",
            "without a manifest it is a first start: files of those names are used again, their data is LOST",
            returns="i1"),
        Row(COMMANDS, "b1.rdb i2", None, "", "b1.rdb b1.aof i1 i2", "b1.aof i1", "files of other names stay, unread"),
        Row(OFF, "dump b1.rdb i1", None, "dump", "dump b1.rdb i1", None, "off: all stay as they are"),
        refused(ON, "b1.rdb i1", "nonsense", BAD_MANIFEST, "who cannot tell which files are the data does not guess"),
        refused(OFF, "dump b1.rdb i1", "nonsense", BAD_MANIFEST, "not even with the log off"),
        Row(ON, "dir", "", "", "b1.rdb i1", "b1.rdb i1", "a manifest of nothing but comments is as good as none"),
        Row(ON, "b1.rdb i1 b2.rdb i2", "b1.rdb i1", "b1 i1", "b1.rdb i1 b2.rdb i2", "b1.rdb i1",
            "a crash before the manifest named the new files: they are not read, and overwritten in their turn"),
        Row(ON, "b2.rdb i2 b1.aof i1", "b2.rdb h:i1 h:b1.aof i2", "b2 i2", "b2.rdb i2", "b2.rdb i2",
            "a crash after it: history is deleted, whatever its format"),
        Row(OFF, "b2.rdb i2 b1.rdb i1", "b2.rdb h:i1 h:b1.rdb i2", "", "b2.rdb i2", "b2.rdb i2",
            "off: history goes as well"),
        Row({**ON, **KEPT}, "b2.rdb i2 b1.rdb i1", "b2.rdb h:i1 h:b1.rdb i2", "b2 i2", "b2.rdb i2 b1.rdb i1",
            "b2.rdb h:i1 h:b1.rdb i2", "aof-disable-auto-gc keeps it"),
        Row(ON, "b2.rdb i2 i1:damaged", "b2.rdb h:i1 h:b1.rdb i2", "b2 i2", "b2.rdb i2", "b2.rdb i2",
            "history is not read: it may be missing or damaged"),
    ],
    "The one file of Redis 4 to 6": [
        Row(ON, "old", None, "old", "moved i1", "moved i1", "it becomes the base, as it is, with a log behind it"),
        Row(COMMANDS, "old:both", None, "old old-tail", "moved i1", "moved i1", "with an image in front or without"),
        Row(ON, "old:image", None, "old", "moved i1", "moved i1", "or nothing but the image"),
        Row(ON, "old:empty", None, "", "moved i1", "moved i1", "or nothing at all"),
        Row(OFF, "old", None, "", "old", None, "off: it stays where it is"),
        Row(OFF, "dump old", None, "dump", "dump old", None, "and the snapshot loads"),
        Row(ON, "dump old", None, "old", "dump moved i1", "moved i1", "on: it wins over a snapshot, as any log does"),
        Row(ON, "dir old", None, "old", "moved i1", "moved i1", "a directory without a manifest does not hinder"),
        Row(ON, "old b1.rdb i1", None, "old", "moved b1.rdb i1", "moved i1",
            "nor do stray files in it; the name of the log is used again", returns="i1"),
        Row(ON, "old b1.rdb i1", "b1.rdb i1", "b1 i1", "old b1.rdb i1", "b1.rdb i1",
            "a log of the new layout is there: the old file is left alone"),
        Row(ON, "dir old", "moved", "old", "moved i1", "moved i1",
            "a crash between manifest and move: the move is made up for"),
        Row(ON, "moved:commands", "moved", "moved", "moved i1", "moved i1", "a crash right after the move"),
        Row(ON, "old moved", "moved", "moved", "old moved i1", "moved i1",
            "the file is there already: another one stays outside"),
        Row(ON, "moved i1 dump", "moved i1", "moved i1", "moved i1 dump", "moved i1",
            "after the upgrade, until the next rewrite"),
        Row(ON, "old:both-cut", None, "old old-tail", "moved i1", "moved i1",
            "its end may be cut, as that of any last file"),
        refused(ON, "old:torn", None, SHORT_IMAGE, "its image not; by then it has moved, its bytes are the same",
                "moved", "moved"),
        refused(ON, "old:damaged", None, BAD_FORMAT, "nor garbage", "moved", "moved"),
        refused(STRICT, "old:both-cut", None, CUT_SHORT, "nor a cut end where that is forbidden", "moved", "moved"),
    ],
    "Other names": [
        Row({**ON, "appendfilename": "other.aof"}, "b1.rdb i1", "b1.rdb i1", "", "b1.rdb i1 +other.aof.1.base.rdb "
            "+other.aof.1.incr.aof +other.aof.manifest", "b1.rdb i1",
            "under another appendfilename there is no manifest: the server starts EMPTY beside its data"),
        Row({**ON, "appenddirname": "elsewhere"}, "b1.rdb i1", "b1.rdb i1", "", "b1.rdb i1", "b1.rdb i1",
            "the same in another directory"),
    ],
}

ROWS = [row for rows in TABLE.values() for row in rows]


def shown(options: dict[str, str]) -> str:
    return ", ".join(f"{name.replace('_', '-')} {value}" for name, value in options.items())


def markdown(say: Callable[[str], str] = str) -> str:
    """A table for each title; what a start leaves as it was is not repeated. `say` puts words into another language."""
    lines: list[str] = []
    for title, rows in TABLE.items():
        lines += [f"**{say(title)}**", "", say("| options | files | manifest | loaded | afterwards | why |"),
                  "|---|---|---|---|---|---|"]
        for row in rows:
            outcome = say("*refused*: ") + row.loaded if row.refused else _code(row.loaded, say("nothing"))
            cells = (shown(row.options), _code(row.files, say("none")), _manifest(row.manifest, say), outcome,
                     _afterwards(row, say), say(row.reason))
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _afterwards(row: Row, say: Callable[[str], str]) -> str:
    """Whatever was cut, repaired or damaged keeps its name, so that its contents do not count."""
    before = {name.partition(":")[0] for name in row.files.split()}
    after = {name.partition(":")[0] for name in row.files_after.split()}
    files = "" if before == after else _code(row.files_after, say("none"))
    changed = "" if row.manifest == row.manifest_after else say("manifest ") + _manifest(row.manifest_after, say)
    return say("; ").join(filter(None, (files, changed))) or say("the same")


def _manifest(names: str | None, say: Callable[[str], str]) -> str:
    return say("none") if names is None else _code(names, say("a comment"))


def _code(names: str, nothing: str) -> str:
    return f"`{names}`" if names else nothing


if __name__ == "__main__":
    print(markdown(WORDS.__getitem__) if sys.argv[1:] == ["zh"] else markdown())
