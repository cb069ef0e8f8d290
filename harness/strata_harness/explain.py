"""What a failure means, in words: from an exception and the bytes that went over the wire to a headline for a learner.

The order of the questions matters; the first that is answered with yes gives the headline:

    did the server die or report?   -> crash      the rest of the failure is only its echo
    did the test run out of time?   -> hang       and which request was never answered
    did a read fail?                -> silence, close, flood, or bytes that are not RESP
    did bytes or values differ?     -> expected and got, and what kind of difference it is
    anything else                   -> the first line of the exception
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Sequence

from .compare import Comparison, compare_replies, decode_prefix, described
from .resp import ProtocolViolation, RespError
from .server import ServerError
from .steps import commands_in, last_is_answered, last_request
from .transcript import Transcript
from .wire import WireClosed, WireFlood, WireTimeout, WrongBytes, WrongReply

_TODO = re.compile(rb"-?ERR TODO (\d+\.\d+)")
_SIGNALS = {
    "SIGSEGV": "SIGSEGV is an access to memory that is not there: a null or dangling pointer, or a stack too deep.",
    "SIGABRT": "SIGABRT is abort(): a failed assertion, an exception that nobody caught, or a damaged heap.",
    "SIGBUS": "SIGBUS is an access to memory beyond the end of a mapped file, or to a misaligned address.",
    "SIGFPE": "SIGFPE is a division by zero.",
    "SIGPIPE": "SIGPIPE comes from writing to a connection that the client closed: ignore it, look at write()'s error.",
    "SIGKILL": "SIGKILL came from outside: most likely the process ran into a memory limit.",
    "SIGXCPU": "SIGXCPU: the process used up its CPU time; does it spin in a loop?",
    "SIGXFSZ": "SIGXFSZ: a file grew beyond the limit.",
}
_PUSHES = re.compile(r"^.?(p|s)?subscribe|^monitor|^hello|^client", re.IGNORECASE)  # more than one reply, or none


@dataclass
class Explanation:
    """`kind` is one of crash, start, hang, silence, close, flood, protocol, difference, other."""

    kind: str
    headline: str
    expected: str = ""
    got: str = ""
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        shown = [self.headline]
        if self.expected or self.got:
            shown += [f"expected: {self.expected}", f"got:      {self.got}"]
        return shown + self.notes


def explain(error: BaseException, transcripts: Sequence[Transcript], comparison: Comparison | None,
            server_problem: str = "") -> Explanation:
    """`server_problem` is the first line of how the server ended, "" while it is well."""
    request = last_request(transcripts)
    if server_problem:
        found = _crash(server_problem, request)
    else:
        found = (_out_of_time(error, request) or _failed_read(error, request, transcripts)
                 or _difference(error, request, comparison) or _redis_py(error, request) or _other(error))
    if found.kind == "other" and (refusal := _last_error(transcripts)):
        found.notes.append(f"The last reply was an error: {refusal}")
    found.notes += _todo(transcripts)
    if found.kind in ("difference", "flood") and (surplus := _surplus_replies(transcripts)):
        found.notes.append(surplus)
    return found


def _for(request: str) -> str:
    return f" to {request}" if request else ""


def _crash(problem: str, request: str) -> Explanation:
    problem = re.sub(r"^==\d+==", "", problem).rstrip(".")
    found = Explanation("crash", f"The server did not survive this test: {problem}.")
    found.notes += [text for name, text in _SIGNALS.items() if f"killed by {name}" in problem]
    if request:
        found.notes.append(f"The last thing it was sent is {request}.")
    return found


def _out_of_time(error: BaseException, request: str) -> Explanation | None:
    if type(error).__name__ != "Failed" or "longer than its limit" not in str(error):
        return None
    found = Explanation("hang", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if request:
        found.notes.append(f"The last thing the server was sent is {request}: does it ever answer that?")
    return found


def _failed_read(error: BaseException, request: str, transcripts: Sequence[Transcript]) -> Explanation | None:
    if isinstance(error, WireFlood):
        return Explanation("flood", f"The server sends without end: {error}.",
                           notes=["A reply is written once, and its buffer is emptied by what was sent."])
    if isinstance(error, WireTimeout):
        waited = re.match(r"waited [\d.]+ s", str(error))
        time = f" ({waited.group()})" if waited else ""
        if "to close the connection" in str(error):
            return Explanation("difference", f"The server should have closed the connection, but kept it open{time}.",
                               notes=[f"After {request} it said {error.partial[:200]!r}." if error.partial
                                      else f"After {request} it said nothing."])
        if not error.partial and last_is_answered(transcripts):
            return Explanation("silence", f"What should have come after {request} was answered never came{time}.")
        if not error.partial:
            return Explanation("silence", f"No reply came{_for(request)}{time}: {_after_for(str(error))}.")
        return Explanation("silence", f"The reply{_for(request)} is incomplete{time}.",
                           notes=[f"came:     {error.partial[:200]!r}", _incomplete(error.partial)])
    if isinstance(error, WireClosed):
        if "was being sent" in str(error):
            return Explanation("close", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        if error.partial:
            return Explanation("close", f"The server closed the connection in the middle of its reply{_for(request)}.",
                               notes=[f"came:     {error.partial[:200]!r}", _incomplete(error.partial)])
        return Explanation("close", f"The server closed the connection instead of replying{_for(request)}.",
                           notes=["The server itself still runs: it closed this connection on purpose, or took an "
                                  "error path."])
    if isinstance(error, ProtocolViolation):
        return Explanation("protocol", f"The reply{_for(request)} is not RESP: {error}.",
                           notes=["A reply starts with its type byte and each of its lines ends with \\r\\n; bytes too "
                                  "many or too few in one reply show up as the start of the next."])
    return None


def _after_for(text: str) -> str:
    """ "waited 5.0 s for a reply; 0 unread bytes came" as "the server sent not a single byte"."""
    return "the server sent not a single byte" if "; 0 unread bytes" in text else text


def _incomplete(data: bytes) -> str:
    """What is missing at the end of a reply that never became whole."""
    if b"\r\n" not in data:
        if b"\n" in data:
            return "The line ends with \\n alone; in RESP every line ends with \\r\\n."
        return "The line never ended: the \\r\\n behind it is missing."
    head, _, rest = data.partition(b"\r\n")
    size = re.fullmatch(rb"[$=](\d+)", head)
    if size:
        missing = int(size.group(1)) + 2 - len(rest)
        if missing == 2:
            return f"All {len(rest)} bytes of the bulk are there, but not the \\r\\n behind them."
        return f"{head.decode()} announces {size.group(1).decode()} bytes and a \\r\\n; {missing} of them never came."
    if head[:1] in (b"*", b"%", b"~", b">") and head[1:].isdigit():
        return f"{head.decode()} announces more than what followed it; the rest never came."
    return "More was announced than came."


def _difference(error: BaseException, request: str, comparison: Comparison | None) -> Explanation | None:
    if isinstance(error, WrongBytes):
        expected = repr(error.expected[:400])
        if not error.got and "closed" in error.ended:
            return Explanation("close", f"The server closed the connection instead of replying{_for(request)}.",
                               expected, "nothing")
        waited = error.ended.split(" for ")[0]
        if not error.got:
            return Explanation("silence", f"No reply came{_for(request)} ({waited}).", expected, "nothing")
        notes = compare_replies(error.expected, error.got)
        if error.ended:
            notes.append(f"No more came: {error.ended if 'closed' in error.ended else waited}.")
        return Explanation("difference", f"The reply{_for(request)} is wrong.", expected, repr(error.got[:400]), notes)
    if isinstance(error, WrongReply):
        kind = "answered an error" if isinstance(error.reply, RespError) else "has another reply"
        return Explanation("difference", f"{str(error).split(' answered ')[0]} {kind}.", error.wanted,
                           described(error.reply, True))
    if comparison is not None:
        return Explanation("difference", f"{comparison.headline} The last request was {request}." if request
                           else comparison.headline, comparison.expected, comparison.got, list(comparison.notes))
    return None


def _redis_py(error: BaseException, request: str) -> Explanation | None:
    if not type(error).__module__.startswith("redis."):
        return None
    name, text = type(error).__name__, str(error)
    if name in ("ResponseError", "DataError", "NoPermissionError", "AuthenticationError", "ReadOnlyError"):
        return Explanation("difference", f"The server answered an error{_for(request)}.", "a reply without an error",
                           f"-{text}")
    if name == "TimeoutError":
        return Explanation("silence", f"No complete reply came{_for(request)}.", notes=[f"redis-py says: {text}"])
    if name == "ConnectionError":
        return Explanation("close", f"The connection broke instead of bringing a reply{_for(request)}.",
                           notes=[f"redis-py says: {text}"])
    return Explanation("protocol", f"redis-py could not read the reply{_for(request)}.",
                       notes=[f"redis-py says: {name}: {text}"])


def _other(error: BaseException) -> Explanation:
    first, _, rest = str(error).partition("\n")
    more = [line for line in rest.splitlines()[:12] if line.strip()]
    if isinstance(error, ServerError):
        kind = "start" if "did not start" in first or "to answer PING" in first else "other"
        notes = [text for name, text in _SIGNALS.items() if f"killed by {name}" in first]
        return Explanation(kind, f"{first[:1].upper()}{first[1:].rstrip('.')}.", notes=notes + more)
    if isinstance(error, AssertionError) or type(error).__name__ == "Failed":
        return Explanation("other", first or "An assertion of the test failed.", notes=more)
    if isinstance(error, ConnectionRefusedError):
        return Explanation("close", "The server takes no connections: nothing listens on its port any more.")
    if isinstance(error, RecursionError):
        return Explanation("protocol", "The reply nests deeper than any reply of Redis.")
    return Explanation("other", f"A reply has a shape that the test cannot use: {type(error).__name__}: {first}",
                       notes=more)


def _last_error(transcripts: Sequence[Transcript]) -> str:
    """The text of the last reply on any connection, if it is an error: tests often trip over one they did not expect."""
    received = [entry for one in transcripts for entry in one.entries()
                if entry.direction == "<" and not entry.decoded]
    if not received:
        return ""
    values, _ = decode_prefix(max(received, key=lambda entry: entry.number).head)
    return repr(values[-1]) if values and isinstance(values[-1], RespError) else ""


def _todo(transcripts: Sequence[Transcript]) -> list[str]:
    found = {match.decode() for transcript in transcripts for entry in transcript.entries() if entry.direction != ">"
             for match in _TODO.findall(entry.head + entry.tail)}
    return [f"Task {task} is still to be written: the server itself says so." for task in sorted(found)]


def _surplus_replies(transcripts: Sequence[Transcript]) -> str:
    """Says so when a connection had got more replies than it had sent commands: that shifts all later replies."""
    for transcript in transcripts:
        asked: list[str] = []
        answers = b""
        for entry in transcript.entries():
            if entry.decoded or entry.cut:
                break
            if entry.direction == ">":
                commands, rest = commands_in(entry.head)
                if rest or any(_PUSHES.search(command) for command in commands):
                    break
                asked += commands
            elif entry.direction == "<":
                answers += entry.head
                replies = len(decode_prefix(answers)[0])
                if replies and not asked:
                    return "The server spoke before it was asked."
                if replies > len(asked):
                    return (f"The server sent {replies} replies to {len(asked)} commands, the last of them "
                            f"`{asked[-1]}`: one command, one reply.")
    return ""
