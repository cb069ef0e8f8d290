"""The generated pages of the handbook, in every language: commands.md, options.md, info-fields.md, compatibility.md.

They are kept in the repository, so that they can be read without building anything and a change of behaviour shows up in the
history; `outdated` tells when they are not what the servers say, and a test of the harness asks it.

Tables hold names, numbers and flags, which need no translation; words around them are in reference_words.py, the meanings of
options in option_meanings.py.
"""

from __future__ import annotations

import re
from pathlib import Path

from harness.handbook import servers, site
from harness.handbook.measured import Measured
from harness.handbook.reference_words import WORDS
from harness.handbook.servers import Facts

_OLD_NAMES = (("slaveof", "replicaof"), ("lua-time-limit", "busy-reply-threshold"), ("slaves", "replicas"), ("slave", "replica"),
              ("ziplist", "listpack"))


class ReferenceError(RuntimeError):
    """The pages cannot be made; the text says why."""


def update(root: Path, folder: Path) -> list[Path]:
    """Writes the pages anew from the servers in a folder; those that changed."""
    changed = []
    for page, text in _pages(root, folder, Measured.run(folder / "strata-stage8")).items():
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            changed.append(page)
    return changed


def outdated(root: Path, folder: Path) -> list[Path]:
    """Pages that are not what the servers say. The counts of the differential run are taken as they stand in the page."""
    measured = Measured.read(root / "docs" / site.FIRST / "compatibility.md")
    return [page for page, text in _pages(root, folder, measured).items()
            if not page.is_file() or page.read_text(encoding="utf-8") != text]


def _pages(root: Path, folder: Path, measured: Measured) -> dict[Path, str]:
    stages = {}
    for number in servers.STAGES:
        program = folder / f"strata-stage{number}"
        if not program.is_file():
            raise ReferenceError(f"{program} is not there: build it first")
        stages[number] = servers.ask(str(program), number)
    newest = stages[max(stages)]
    redis = servers.ask(servers.REDIS, max(stages))
    acting = servers.acting_since(root, sorted(newest.options))
    pages = {}
    for language in site.LANGUAGES:
        words = WORDS[language]
        texts = {
            "commands.md": _commands(stages, words),
            "options.md": _options(newest, acting, words),
            "info-fields.md": _info(stages, redis, words),
            "compatibility.md": _compatibility(newest, redis, measured, words),
        }
        pages.update({site.folder(root, language) / name: text for name, text in texts.items()})
    return pages


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _since(stages: dict[int, Facts], has) -> int:
    """The first stage whose facts say so."""
    return next(number for number, facts in stages.items() if has(facts))


def _commands(stages: dict[int, Facts], words: dict) -> str:
    newest = stages[max(stages)]
    sections = [f"# {words['commands']} {{#commands}}\n\n{words['commands_intro'].format(len(newest.commands))}\n"]
    groups = sorted({command.group for command in newest.commands.values()})
    for group in groups:
        chosen = {name: command for name, command in newest.commands.items() if command.group == group}
        sections.append(f"## {words['groups'].get(group, group)} {{#{group}}}\n\n" + _table(words["command_heads"], [
            _command_row(name, command, _since(stages, lambda facts: name in facts.commands))
            for name, command in chosen.items()]))
    rows = [_command_row(name, command, servers.SENTINEL) for name, command in newest.sentinel_commands.items()]
    sections.append(f"## {words['groups']['sentinel']} {{#sentinel}}\n\n" + _table(words["command_heads"], rows))
    return "\n".join(sections)


def _command_row(name: str, command: servers.Command, stage: int) -> list[str]:
    return [_code(name.upper().replace("|", " ")), str(command.arity), " ".join(command.flags), command.complexity, str(stage)]


def _options(facts: Facts, acting: dict, words: dict) -> str:
    rows, inert = [], []
    for name, value in sorted(facts.options.items()):
        default = words["of_the_run"] if name in servers.OF_THE_RUN else _code(value) or words["empty"]
        if name not in acting:
            inert.append([_code(name), default])
            continue
        stage, description = acting[name]
        change = words["fixed"].get(facts.fixed.get(name, ""), "")
        other = _newer_name(name, facts)
        meaning = words["old_name"].format(other) if other else words["meanings"].get(description, description)
        rows.append([_code(name), default, str(stage), change, meaning])
    return (f"# {words['options']} {{#options}}\n\n{words['options_intro']}\n\n{_table(words['option_heads'], rows)}\n"
            f"## {words['inert']} {{#inert}}\n\n{words['inert_intro']}\n\n{_table(words['option_heads'][:2], inert)}")


def _newer_name(name: str, facts: Facts) -> str:
    for old, new in _OLD_NAMES:
        if old in name and (other := name.replace(old, new)) in facts.options:
            return other
    return ""


def _info(stages: dict[int, Facts], redis: Facts, words: dict) -> str:
    newest = stages[max(stages)]
    sections = [f"# {words['info']} {{#info-fields}}\n\n{words['info_intro']}\n"]
    for section, fields in newest.info.items():
        if not fields:
            continue
        rows = [[_code(name), str(_since(stages, lambda facts: name in facts.info.get(section, ()))),
                 "" if name in redis.info.get(section, ()) else words["only_here"]] for name in fields]
        sections.append(f"## {section} {{#{section.lower()}}}\n\n{_table(words['info_heads'], rows)}")
    return "\n".join(sections)


def _compatibility(ours: Facts, redis: Facts, measured: Measured, words: dict) -> str:
    rows, absent = [], []
    for group in sorted({command.group for command in redis.commands.values()}):
        theirs = {name for name, command in redis.commands.items() if command.group == group}
        missing = sorted(theirs - set(ours.commands))
        rows.append([words["groups"].get(group, group), str(len(theirs)), str(len(theirs) - len(missing))])
        absent += missing
    tops = sorted(name for name in absent if "|" not in name)
    rest = sorted(name for name in absent if "|" in name and name.partition("|")[0] not in tops)
    fields = [f"{section}: `{name}`" for section, names in redis.info.items() for name in names
              if name not in ours.info.get(section, ())]
    missing_options = sorted(set(redis.options) - set(ours.options))
    listed = {
        "absent_commands": ", ".join(_code(name.upper().replace("|", " ")) for name in tops + rest),
        "absent_options": ", ".join(map(_code, missing_options)),
        "absent_fields": ", ".join(fields),
    }
    text = f"# {words['compatibility']} {{#compatibility}}\n\n{words['compatibility_intro']}\n\n"
    text += f"## {words['by_group']} {{#by-group}}\n\n{_table(words['group_heads'], rows)}\n"
    text += "".join(f"**{words[name]}** {value or words['none']}\n\n" for name, value in listed.items())
    text += f"## {words['tables']} {{#tables}}\n\n{words['tables_intro']}\n\n"
    text += _table(words["table_heads"], [[words["table_rows"][row], str(count), str(different)]
                                          for row, (count, different) in measured.tables.items()])
    text += f"\n## {words['families']} {{#families}}\n\n{words['families_intro'].format(seed=measured.SEED)}\n\n"
    text += _table(words["family_heads"], [[_code(family), f"{count}", str(different)]
                                           for family, (count, different) in measured.families.items()])
    return re.sub(r"\n{3,}", "\n\n", text)
