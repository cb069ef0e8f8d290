"""`// [task N.M] One sentence.` above a function makes its body a learner's task.

    // Takes the next command.                     what the function is to do: stays
    // [task 1.2] Cut requests into arguments.     stays: it is the assignment
    // The line end may be split over two reads.   between marker and function, a note on the solution: goes
    Result Parser::next(Buffer& in) {
      ...                                          goes with all its comments
    }

becomes

    // Takes the next command.
    // [task 1.2] Cut requests into arguments.
    Result Parser::next(Buffer& in) {
      return STRATA_TODO("1.2");
    }
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.starter import cpp

_MARKER = re.compile(r"^[ \t]*//[ \t]*\[task[ \t]+(\d+)\.(\d+)\][ \t]+(\S[^\n]*)$", re.MULTILINE)
_LOOKS_LIKE_MARKER = re.compile(r"^[^\n]*//[^\n]*\[\s*task\b[^\n]*$", re.MULTILINE | re.IGNORECASE)
_INCLUDE = '#include "common/todo.h"'


class StubError(ValueError):
    """A marker that does not stand above a function."""


@dataclass(frozen=True)
class TaskBody:
    """One marked function. `notes` and `body` are what a starter must not show."""

    task: str
    sentence: str
    line: int
    notes: str
    body: str
    begin: int  # of the notes
    head: int
    open: int
    close: int
    returns_value: bool


def find_tasks(text: str) -> list[TaskBody]:
    """Every marked function of a source file, in order."""
    if "[task" not in text.lower():
        return []
    code = cpp.code_only(text)
    found: list[TaskBody] = []
    markers = list(_MARKER.finditer(text))
    proper = {marker.start() for marker in markers}
    for almost in _LOOKS_LIKE_MARKER.finditer(text):
        if almost.start() not in proper:
            raise StubError(f"line {cpp.line_of(text, almost.start())}: a marker looks like "
                            f"'// [task 1.2] One sentence.', not like '{almost.group().strip()}'")
    for marker in markers:
        line = cpp.line_of(text, marker.start())
        try:
            function = cpp.find_function(code, marker.end())
        except cpp.CppError as error:
            raise StubError(f"line {line}: task {marker.group(1)}.{marker.group(2)}: {error}") from None
        begin = marker.end() + 1
        head = text.rfind("\n", 0, function.head) + 1
        if any(part and not part.lstrip().startswith("//") for part in text[begin:head].split("\n")):
            raise StubError(f"line {line}: only comment lines may stand between a marker and its function")
        if found and begin < found[-1].close:
            raise StubError(f"line {line}: a task within the body of another")
        found.append(TaskBody(
            task=f"{marker.group(1)}.{marker.group(2)}", sentence=marker.group(3).strip(), line=line,
            notes=text[begin:head], body=text[function.open + 1:function.close], begin=begin, head=head,
            open=function.open, close=function.close, returns_value=function.returns_value))
    return found


def stubbed(text: str, tasks: set[str]) -> str:
    """The file with the bodies of these tasks replaced."""
    chosen = [body for body in find_tasks(text) if body.task in tasks]
    if not chosen:
        return text
    for body in reversed(chosen):
        text = text[:body.begin] + text[body.head:body.open] + _stub(text, body) + text[body.close + 1:]
    return _with_include(text)


def _stub(text: str, body: TaskBody) -> str:
    statement = f'STRATA_TODO("{body.task}");'
    if body.returns_value:
        statement = "return " + statement
    if "\n" not in body.body:
        return "{ " + statement + " }"
    indent = re.match(r"[ \t]*", text[body.head:]).group()
    return "{\n" + indent + "  " + statement + "\n" + indent + "}"


def _with_include(text: str) -> str:
    """Adds the include of STRATA_TODO where clang-format would put it: sorted into the last block of our includes."""
    lines = text.split("\n")
    if _INCLUDE in lines:
        return text
    ours = [i for i, line in enumerate(lines) if line.startswith('#include "')]
    any_include = [i for i, line in enumerate(lines) if line.startswith(("#include", "#pragma once"))]
    if not any_include:
        raise StubError("a file with tasks has no #include line")
    if ours and any(i for i in any_include if i < ours[-1] and lines[i].startswith("#include")):
        block = [ours[-1]]
        while block[0] - 1 in ours:
            block.insert(0, block[0] - 1)
        at = next((i for i in block if lines[i] > _INCLUDE), block[-1] + 1)
        lines.insert(at, _INCLUDE)
    else:  # only the file's own header: ours start a block of their own
        at = any_include[-1] + 1
        lines[at:at] = ["", _INCLUDE]
    return "\n".join(lines)
