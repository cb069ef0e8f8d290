"""Expected and got, described: two values or two byte strings, and what kind of difference there is between them.

Tests compare as `assert reply == expected`, so the left side is what the server said. Values of strata_harness.resp
carry their RESP type; values of redis-py do not, and then only the values are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .resp import NULL_ARRAY, BigNumber, Decoder, ProtocolViolation, Push, RespError, RespSet, Simple, Verbatim

_LONGEST = 300
_SHORTER = 100


@dataclass
class Comparison:
    """A failed `==`, `in` or (of sets) `<=` of a test. `text` is how pytest shows it, by which its AssertionError is recognised."""

    text: str
    headline: str
    expected: str
    got: str
    notes: list[str] = field(default_factory=list)


def short(value: Any, longest: int = _LONGEST) -> str:
    text = repr(value).replace("\r", "\\r").replace("\n", "\\n")
    return text if len(text) <= longest else f"{text[:longest]} ... ({len(text)} characters)"


def kind_of(value: Any, typed: bool = True) -> str:
    """The RESP type of a value, or "" for one that has none. A plain str stands for a simple string if `typed`."""
    if value is None:
        return "a null"
    if value is NULL_ARRAY:
        return "a null array"
    names: list[tuple[type, str]] = [
        (RespError, "an error"), (Simple, "a simple string"), (Verbatim, "a verbatim string"), (bool, "a boolean"),
        (BigNumber, "a big number"), (int, "an integer"), (float, "a double"), (bytes, "a bulk string"),
        (Push, "a push"), (RespSet, "a set"), (list, "an array"), (dict, "a map")]
    if typed:
        names.append((str, "a simple string"))
    return next((name for kind, name in names if isinstance(value, kind)), "")


def described(value: Any, typed: bool) -> str:
    """`b'abc'  (a bulk string of 3 bytes)`."""
    kind = kind_of(value, typed)
    if not kind:
        return short(value)
    size = {"a bulk string": "bytes", "an array": "elements", "a map": "pairs", "a push": "elements"}.get(kind)
    return f"{short(value)}  ({kind} of {len(value)} {size})" if size else f"{short(value)}  ({kind})"


def compare(got: Any, expected: Any) -> Comparison:
    """Of two values that are not equal."""
    text = f"{short(got, _SHORTER)} == {short(expected, _SHORTER)}"
    # redis-py decodes replies to plain str: no RESP type can be told from those.
    typed = not (type(got) is str or (isinstance(got, (list, dict)) and _holds_plain_text(got)))
    found = Comparison(text, "The reply is wrong.", described(expected, typed), described(got, typed))
    notes = found.notes
    if isinstance(got, RespError) and not isinstance(expected, RespError):
        found.headline = "The server answered an error."
    elif isinstance(got, RespError):
        found.headline = "The error has another text."
    elif typed and _content(got) == _content(expected) and kind_of(got) != kind_of(expected):
        found.headline = "The reply has the right value but the wrong type."
        notes.append(f"The type byte says {kind_of(got)} where {kind_of(expected)} belongs.")
    elif isinstance(got, list) and isinstance(expected, list):
        _compare_lists(found, got, expected)
    elif isinstance(got, dict) and isinstance(expected, dict):
        _compare_dicts(found, got, expected)
    elif isinstance(got, bytes) and isinstance(expected, bytes):
        notes.append(byte_difference(expected, got))
    return found


def compare_replies(expected: bytes, got: bytes) -> list[str]:
    """What is wrong with a run of replies that should have been, byte for byte, another: one remark or several."""
    if got.replace(b"\r\n", b"\n") == expected.replace(b"\r\n", b"\n"):
        return ["Only the line ends differ: in RESP every line ends with \\r\\n, a carriage return and a line feed."]
    wanted, broken_test = decode_prefix(expected)
    came, broken = decode_prefix(got)
    if broken_test or len(wanted) == 0:
        return [byte_difference(expected, got)]  # what is expected is not RESP itself, or only part of a reply
    count = len(wanted)
    place = next((index for index, (one, other) in enumerate(zip(came, wanted)) if not same_reply(one, other)), None)
    of = f"Reply {place + 1} of {count}" if place is not None and count > 1 else "The reply"
    if place is not None:
        if len(came) == count and sorted(map(repr, came)) == sorted(map(repr, wanted)):
            return ["All the replies are there, but in another order: replies leave in the order of their commands.",
                    f"{of} should be {short(wanted[place])} and is {short(came[place])}."]
        one = compare(came[place], wanted[place])
        return [f"{of} should be {described(wanted[place], True)}",
                f"{' ' * max(0, len(of) - 6)}but is {described(came[place], True)}.", *one.notes]
    if broken:
        which = f"Reply {len(came) + 1} of {count}" if count > 1 else "The reply"
        return [f"{which} is broken: {broken}."]
    if len(came) < count:
        return [f"Only {len(came)} of {count} replies came: {short(wanted[len(came)])} is missing."]
    return [byte_difference(expected, got)]


def same_reply(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def decode_prefix(data: bytes) -> tuple[list[Any], str]:
    """The complete replies at the start of `data`, and why the bytes behind them are none; "" if none are left."""
    values: list[Any] = []
    position = 0

    def line() -> bytes:
        nonlocal position
        end = data.find(b"\r\n", position)
        if end < 0:
            raise ProtocolViolation(f"it ends in {short(data[position:], 60)} without \\r\\n")
        start, position = position, end + 2
        return data[start:end]

    def exactly(size: int) -> bytes:
        nonlocal position
        if position + size > len(data):
            raise ProtocolViolation(f"{size} bytes with their \\r\\n should follow, and {len(data) - position} do")
        start, position = position, position + size
        return data[start:start + size]

    decoder = Decoder(line, exactly)
    try:
        while position < len(data):
            values.append(decoder.value())
    except (ProtocolViolation, RecursionError) as error:
        return values, str(error)
    return values, ""


def compare_in(part: Any, whole: Any) -> Comparison:
    """Of a part that is not in the whole."""
    return Comparison(f"{short(part, _SHORTER)} in {short(whole, _SHORTER)}", "The reply lacks something.",
                      f"something that contains {short(part)}", short(whole))


def compare_sets(left: set, right: set, op: str) -> Comparison:
    """Of sets made from replies whose order does not matter: `got == expected`, or `expected <= got`."""
    expected, got = (right, left) if op == "==" else (left, right)
    missing, surplus = expected - got, (got - expected if op == "==" else set())
    headline = "The reply lacks something." if missing else "The reply holds too much."
    found = Comparison(f"{short(left, _SHORTER)} {op} {short(right, _SHORTER)}", headline,
                       f"{len(expected)} different elements", f"{len(expected & got)} of them, {len(surplus)} others")
    for what, elements in (("Missing", missing), ("Not expected", surplus)):
        if elements:
            found.notes.append(f"{what}: {', '.join(sorted(map(short, elements)))[:_LONGEST]}.")
    return found


def _holds_plain_text(value: Any) -> bool:
    items = list(value) + list(value.values()) if isinstance(value, dict) else value
    return any(type(item) is str for item in items)


def _content(value: Any) -> Any:
    """The value without its RESP type: what `+5`, `$1 5` and `:5` have in common."""
    if isinstance(value, RespError):
        return value.text
    if value is NULL_ARRAY:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else value


def _compare_lists(found: Comparison, got: list, expected: list) -> None:
    if len(got) != len(expected):
        found.notes.append(f"There are {len(got)} elements instead of {len(expected)}.")
    place = next((index for index, (one, other) in enumerate(zip(got, expected)) if one != other), None)
    if place is None:
        return
    found.notes.append(f"The first that differs is number {place + 1}: expected {short(expected[place])}, "
                       f"got {short(got[place])}.")
    if len(got) == len(expected) and sorted(map(repr, got)) == sorted(map(repr, expected)):
        found.headline = "All the values are there, but in another order."
        found.notes.append("Replies leave in the order in which their commands came.")


def _compare_dicts(found: Comparison, got: dict, expected: dict) -> None:
    for what, keys in (("Missing", expected.keys() - got.keys()), ("Not expected", got.keys() - expected.keys())):
        if keys:
            found.notes.append(f"{what}: {', '.join(sorted(map(repr, keys)))[:_LONGEST]}.")
    for key in expected.keys() & got.keys():
        if expected[key] != got[key]:
            found.notes.append(f"At {key!r}: expected {short(expected[key])}, got {short(got[key])}.")


def byte_difference(expected: bytes, got: bytes) -> str:
    """One sentence on where two byte strings part, and on the mistakes that are commonly behind it."""
    if got.replace(b"\r\n", b"\n") == expected.replace(b"\r\n", b"\n") or got + b"\r\n" == expected:
        return "Only the line ends differ: in RESP every line ends with \\r\\n, a carriage return and a line feed."
    if got[1:] == expected[1:]:
        return f"Only the type byte differs: {got[:1]!r} instead of {expected[:1]!r}."
    if got.startswith(expected):
        return f"{len(got) - len(expected)} bytes too many: {got[len(expected):len(expected) + 60]!r}."
    if expected.startswith(got):
        return f"The first {len(got)} bytes are right; missing is {expected[len(got):len(got) + 60]!r}."
    place = next(index for index, (one, other) in enumerate(zip(got, expected)) if one != other)
    return (f"They part at byte {place}: expected {expected[place:place + 40]!r}, got {got[place:place + 40]!r}.")
