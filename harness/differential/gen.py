"""The random helper that families draw keys, values, numbers and times from.

Keys come from a small pool, so that commands meet.  Values favour the places where encodings and number parsing
change.  Times are either long past or far away, and relative ones hardly ever repeat, so that no reply depends on how
fast a server is.
"""

from __future__ import annotations

import random

KEYS = [b"k%d" % i for i in range(12)] + [b"key:{tag}:%d" % i for i in range(4)] + [
    b"", b"0", b"-1", b"a b", b"k\r\n", b"\x00\xff\xfe", "schl\u00fcssel".encode(), b"[k]*?\\", b"K1", b"x" * 300]

INTEGERS = [b"0", b"1", b"-1", b"2", b"7", b"10", b"99", b"100", b"-100", b"9999", b"10000", b"2147483647",
            b"2147483648",
            b"-2147483649", b"4294967296", b"9223372036854775807", b"9223372036854775806", b"-9223372036854775808",
            b"-9223372036854775807", b"4611686018427387904"]

NOT_INTEGERS = [b"", b" 1", b"1 ", b"+1", b"01", b"-0", b"--1", b"1.0", b"1e3", b"0x10", b"abc", b"9223372036854775808",
                b"-9223372036854775809", b"18446744073709551616", b"1\x00", b"\xff", b"-", b"nan",
                b"99999999999999999999999"]

FLOATS = [b"0", b"1.5", b"-1.5", b"0.1", b"3.0e3", b"5.0E-3", b"1e17", b"1e-17", b"123456789.123456789", b".5", b"5.",
          b"-0",
          b"1e308", b"-1e308", b"1e4000", b"0.00000000000000000001", b"100000000000000000000", b"0x1p4", b"1e18",
          b"3.14159265358979",
          b"9007199254740993", b"-0.0000001", b"12345678901234567.75"]

NOT_FLOATS = [b"", b" 1", b"1 ", b"nan", b"inf", b"-inf", b"Infinity", b"1e5000", b"-1e5000", b"abc", b"1,5", b"1.5x",
              b"1\x002", b"e5",
              b"1e", b"--1", b"+", b"." , b"+1.5"]

FUTURE_SECONDS = [b"4102444800", b"4102444801", b"7258118400", b"9000000000", b"99999999999"]
BAD_TIMES = [b"0", b"-1", b"-5", b"abc", b"1.5", b"", b"9223372036854775807", b"9223372036854775808",
             b"-9223372036854775808",
             b"9223372036854775", b"9223372036854776", b"9223370000000000", b" 100", b"-9223372036854776"]

WORDS = [b"ohmytext", b"mynewtext", b"hello", b"Hello World", b"foobarfoobar", b"aaaaabbbbbaaaaa",
         b"ACGTACGTTAGCTAGCAT", b"GATTACA"]


class Gen:
    def __init__(self, seed: str, resp3: bool):
        self.random = random.Random(seed)
        self.resp3 = resp3
        self.chance = lambda p: self.random.random() < p
        self.pick = self.random.choice

    def int(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def key(self) -> bytes:
        return self.pick(KEYS[:8]) if self.chance(0.8) else self.pick(KEYS)

    def keys(self, most: int = 4) -> list[bytes]:
        return [self.key() for _ in range(self.int(1, most))]

    def bytes(self, size: int) -> bytes:
        return self.random.randbytes(size)

    def value(self) -> bytes:
        p = self.random.random()
        if p < 0.30:
            return self.number()
        if p < 0.40:
            return self.floating()
        if p < 0.60:
            return self.pick(WORDS)
        if p < 0.70:
            return self.bytes(self.int(0, 20))
        if p < 0.85:
            return self.bytes(1)[:1] * self.pick([0, 1, 12, 20, 21, 39, 43, 44, 45, 46, 63, 64, 65, 127, 128, 255, 256])
        if p < 0.97:
            return bytes(self.random.choices(b"abcd", k=self.int(0, 100)))
        return self.pick(WORDS) * self.pick([100, 1000, 4000])

    def number(self) -> bytes:
        return b"%d" % self.int(-20, 20) if self.chance(0.4) else self.pick(INTEGERS)

    def integer(self, bad: float = 0.1) -> bytes:
        return self.pick(NOT_INTEGERS) if self.chance(bad) else self.number()

    def floating(self) -> bytes:
        if self.chance(0.5):
            return self.pick(FLOATS)
        return b"%.*f" % (self.int(0, 17), self.random.uniform(-1, 1) * 10 ** self.int(-5, 18))

    def float(self, bad: float = 0.1) -> bytes:
        return self.pick(NOT_FLOATS) if self.chance(bad) else self.floating()

    def offset(self) -> bytes:
        return self.integer(0.05) if self.chance(0.3) else b"%d" % self.int(-30, 30)

    def case(self, word: bytes) -> bytes:
        """The word as typed by somebody careless."""
        p = self.random.random()
        if p < 0.5:
            return word
        if p < 0.9:
            return word.lower()
        return bytes(self.pick([c, c ^ 32]) if chr(c).isalpha() else c for c in word)

    def seconds(self, bad: float = 0.1) -> bytes:
        """A relative time: far away and practically never the same twice, or invalid."""
        return self.pick(BAD_TIMES) if self.chance(bad) else b"%d" % self.int(20_000, 2_000_000_000)

    def milliseconds(self, bad: float = 0.1) -> bytes:
        return self.pick(BAD_TIMES) if self.chance(bad) else b"%d" % self.int(20_000_000, 2_000_000_000_000)

    def at_seconds(self, bad: float = 0.1, past: float = 0.1) -> bytes:
        """An absolute time: fixed points in the future (so that equal ones meet), long past, or invalid."""
        if self.chance(bad):
            return self.pick(BAD_TIMES)
        return self.pick([b"1", b"2", b"1000000000"]) if self.chance(past) else self.pick(FUTURE_SECONDS)

    def at_milliseconds(self, bad: float = 0.1, past: float = 0.1) -> bytes:
        time = self.at_seconds(bad, past)
        return time + self.pick([b"000", b"000", b"499", b"500", b"501",
                                 b"999"]) if time.isdigit() and len(time) < 12 else time

    def pattern(self) -> bytes:
        return self.pick([b"*", b"k*", b"k?", b"k[0-5]", b"k[^0-5]", b"k[5-0]", b"*tag*", b"", b"?", b"??", b"k\\*",
                          b"\\k1", b"[k]1", b"[",
                          b"[^", b"k[", b"k[1", b"*[", b"**", b"*?*", b"k1", b"K1", b"\\", b"key:{tag}:[1-2]", b"\x00*",
                          b"*\xff*", b"x*x", b"[]k]1",
                          b"k[\\1]", b"k[0-", b"[a-z][0-9]", b"*k*1*", b"nothing*", b"[k-k]?"])
