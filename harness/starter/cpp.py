"""Where a C++ function's body begins and ends, without a compiler.

`code_only` blanks whatever a brace in it means nothing: comments, strings (raw ones too), character literals,
preprocessor lines and the second branches of #if. It keeps every position, so what is found in the blanked text
is found in the source. `find_function` then needs to tell only three kinds of braces apart:

    Log::Log(int n) : sizes_{n}, hook_([] { return 1; }) { body }
                            ^                ^            ^
                     a member's value    inside ( )    the body
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
    | (?P<raw>     (?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)" )
    | (?P<string>  (?:u8|[uUL])?"(?:\\.|[^"\\\n])*" )
    | (?P<char>    (?:u8|[uUL])?'(?:\\.|[^'\\\n])*' )
    | (?P<number>  \.?\d(?:'?[\w.]|(?<=[eEpP])[+-])* )
    | (?P<word>    [A-Za-z_]\w* )
    | (?P<line>    ^[ \t]*\#(?:\\\n|[^\n])* )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_BLANKED = ("comment", "raw", "string", "char", "line")
_OPENING = {"(": ")", "[": "]", "{": "}"}


class CppError(ValueError):
    """The text is no function definition, or none that this reader understands."""


@dataclass(frozen=True)
class Function:
    """Positions in the text: `head` is where the declaration starts, `open` and `close` are the body's braces."""

    head: int
    open: int
    close: int
    returns_value: bool


def code_only(text: str) -> str:
    """The text with everything that is no code as blanks; same length, same lines."""
    out = list(text)

    def blank(begin: int, end: int) -> None:
        for i in range(begin, end):
            if out[i] != "\n":
                out[i] = " "

    branches: list[int | None] = []  # of each open #if: where its first branch ended, None inside of that
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "fence" or token.group("raw"):
            blank(token.start(), token.end())
        elif token.lastgroup in _BLANKED:
            blank(token.start(), token.end())
        if not token.group("line"):
            continue
        directive = token.group().strip().lstrip("#").split()[:1]
        if directive and directive[0] in ("if", "ifdef", "ifndef"):
            branches.append(None)
        elif directive and directive[0] in ("else", "elif") and branches:
            if branches[-1] is None:
                branches[-1] = token.end()
        elif directive and directive[0] == "endif" and branches:
            first_end = branches.pop()
            if first_end is not None:
                blank(first_end, token.start())
    return "".join(out)


def matching(code: str, at: int) -> int:
    """The position of the bracket that closes the one at `at`. `code` comes from code_only."""
    open_brackets: list[str] = []
    for i in range(at, len(code)):
        c = code[i]
        if c in _OPENING:
            open_brackets.append(_OPENING[c])
        elif c in ")]}":
            if not open_brackets or open_brackets.pop() != c:
                raise CppError(f"line {line_of(code, i)}: '{c}' closes nothing")
            if not open_brackets:
                return i
    raise CppError(f"line {line_of(code, at)}: '{code[at]}' is never closed")


def find_function(code: str, start: int) -> Function:
    """The function definition whose declaration starts at or after `start`. `code` comes from code_only."""
    begin = re.compile(r"\S").search(code, start)
    if begin is None:
        raise CppError("there is no function at the end of the file")
    head = begin.start()
    i = head
    in_initialisers = False
    seen_parameters = False
    while i < len(code):
        c = code[i]
        if c in "([":
            seen_parameters = seen_parameters or c == "("
            i = matching(code, i)
        elif c == ";":
            raise CppError(f"line {line_of(code, head)}: a declaration, not a definition: "
                           f"{' '.join(code[head:i].split())}")
        elif c == ":" and seen_parameters and not in_initialisers and "::" not in (code[i - 1:i + 1], code[i:i + 2]):
            in_initialisers = True
        elif c == "{":
            if not _opens_a_value(code, head, i, in_initialisers):
                if not seen_parameters:
                    raise CppError(f"line {line_of(code, head)}: no function starts here: "
                                   f"{' '.join(code[head:i].split())}")
                return Function(head, i, matching(code, i), _returns_value(code[head:i]))
            i = matching(code, i)
        elif c in ")]}":
            raise CppError(f"line {line_of(code, i)}: '{c}' closes nothing")
        i += 1
    raise CppError(f"line {line_of(code, head)}: the function has no body")


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _opens_a_value(code: str, head: int, at: int, in_initialisers: bool) -> bool:
    """Whether the brace at `at` holds a value or a requirement: anything but the body."""
    before = code[head:at].rstrip()
    if before.endswith("="):
        return True  # a default argument of a template
    if re.search(r"\brequires\s*(\([^()]*\))?$", before):
        return True  # a requires-expression
    return in_initialisers and (before[-1].isalnum() or before[-1] in "_>")


def _returns_value(head: str) -> bool:
    """Whether a function with this head returns anything. Constructors and destructors do not."""
    head = head.strip()
    if template := re.match(r"template\s*<", head):
        head = _without_requirement(head[_closing_angle(head, template.end() - 1) + 1:].strip())
    head = re.sub(r"\[\[.*?\]\]", " ", head)
    if re.search(r"->\s*void\s*$", head):
        return False
    name = re.search(r"(?:\w+(?:<[^()]*>)?::)*(?:operator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+|[\w:\s*&]+)|~?\w+)\s*\(", head)
    if name is None:
        raise CppError(f"no function name in: {' '.join(head.split())}")
    specifiers = {"static", "inline", "virtual", "explicit", "constexpr", "consteval", "friend"}
    result = [word for word in head[:name.start()].split() if word not in specifiers]
    if result:
        return result != ["void"]
    return "operator" in name.group()  # a conversion; without a result type it is a constructor otherwise


def _without_requirement(head: str) -> str:
    """The head without the requires-clause it starts with, if it is one in parentheses or a requires-expression."""
    if not re.match(r"requires\b", head):
        return head
    at = head.index("(")
    at = matching(head, at) + 1
    if brace := re.match(r"\s*\{", head[at:]):
        at = matching(head, at + brace.end() - 1) + 1
    return head[at:].strip()


def _closing_angle(head: str, at: int) -> int:
    depth = 0
    for i in range(at, len(head)):
        depth += {"<": 1, ">": -1}.get(head[i], 0)
        if depth == 0:
            return i
    raise CppError(f"'<' is never closed in: {' '.join(head.split())}")
