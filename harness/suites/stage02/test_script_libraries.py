"""cjson, cmsgpack, bit and struct, as scripts expect them."""

import pytest

PLACE = "ERR user_script:1: "


def evaluate(wire, expression):
    return wire("EVAL", f"return {expression}", 0)


def failure(wire, expression):
    return wire.error("EVAL", f"return {expression}", 0).split(" script: ")[0]


@pytest.mark.parametrize("expression, text", [
    ("{1, 2, {a = 1.5}}", b'[1,2,{"a":1.5}]'), ("{}", b"{}"), ("0.1", b"0.1"), ("1e20", b"1e+20"),
    ("'a/b\\127'", b'"a\\/b\\u007f"'), ("cjson.null", b"null"), ("true", b"true"), ("{[3] = 1}", b"[null,null,1]"),
])
@pytest.mark.goal("cjson.encode writes Lua values as JSON")
def test_json_encode(wire, expression, text):
    assert evaluate(wire, f"cjson.encode({expression})") == text


@pytest.mark.goal("cjson.decode reads JSON; null is cjson.null, and what is no JSON an error")
def test_json_decode(wire):
    script = """local v = cjson.decode(ARGV[1])
                return {v.a[1], v.a[2], tostring(v.n == cjson.null), v.s, tostring(v.b), tostring(v.d)}"""
    text = '{"a": [1, 2], "n": null, "s": "\\u00e9\\n", "b": true, "d": 1.5}'
    assert wire("EVAL", script, 0, text) == [1, 2, b"true", "é\n".encode(), b"true", b"1.5"]
    assert failure(wire, "cjson.decode('x')") == PLACE + "Expected value but found invalid token at character 1"
    assert failure(wire, "cjson.encode(function() end)") == (
        PLACE + "Cannot serialise function: type not supported")
    assert failure(wire, "cjson.encode({[1] = 1, [100] = 1})") == (
        PLACE + "Cannot serialise table: excessively sparse array")


PACKED = [("1", "01"), ("-1", "ff"), ("127", "7f"), ("128", "cc80"), ("256", "cd0100"), ("65536", "ce00010000"),
          ("4294967296", "cf0000000100000000"), ("-32", "e0"), ("-33", "d0df"), ("-129", "d1ff7f"),
          ("-32769", "d2ffff7fff"), ("-2147483649", "d3ffffffff7fffffff"), ("1.5", "ca3fc00000"),
          ("0.1", "cb3fb999999999999a"), ("1e20", "cb4415af1d78b58c40"), ("'abc'", "a3616263"), ("true", "c3"),
          ("false", "c2"), ("nil", "c0"), ("{}", "90"), ("{1, 2, 3}", "93010203"), ("{a = 1}", "81a16101"),
          ("{1, nil, 3}", "8201010303"), ("{{{}}}", "919190"), ("1, 2, 'x'", "0102a178"), ("function() end", "c0")]


@pytest.mark.parametrize("values, digits", PACKED)
@pytest.mark.goal("cmsgpack.pack chooses the shortest form of every value")
def test_message_pack(wire, values, digits):
    assert evaluate(wire, f"cmsgpack.pack({values})") == bytes.fromhex(digits)


@pytest.mark.goal("What cmsgpack packed it unpacks: all, one, or so many from an offset on")
def test_message_unpack(wire, rng):
    value = "{1, -70000, 'x', {a = 1.5, b = {true, false}}, string.rep('y', 300)}"
    assert evaluate(wire, f"cjson.encode(cmsgpack.unpack(cmsgpack.pack({value})))").startswith(b'[1,-70000,"x",{')
    three = "'\\1\\2\\163abc'"
    assert evaluate(wire, f"{{cmsgpack.unpack({three})}}") == [1, 2, b"abc"]
    assert evaluate(wire, f"{{cmsgpack.unpack_one({three})}}") == [1, 1]
    assert evaluate(wire, f"{{cmsgpack.unpack_one({three}, 2)}}") == [-1, b"abc"]
    assert evaluate(wire, f"{{cmsgpack.unpack_limit({three}, 2)}}") == [2, 1, 2]
    assert evaluate(wire, f"{{cmsgpack.unpack_limit({three}, 2, 1)}}") == [-1, 2, b"abc"]
    numbers = sorted(rng.randrange(-2**53, 2**53) for _ in range(50))
    script = "return cjson.encode(cmsgpack.unpack(cmsgpack.pack(cjson.decode(ARGV[1]))))"
    small = [n % 10**12 for n in numbers]
    assert wire("EVAL", script, 0, str(small)).decode() == str(small).replace(" ", "")


@pytest.mark.parametrize("call, text", [
    ("unpack('\\163ab')", "Missing bytes in input."), ("unpack('\\193')", "Bad data format in input."),
    ("unpack('\\221\\255\\255\\255\\255')", "Missing bytes in input."),
    ("unpack_one('\\1\\2', 9)", "Start offset 9 greater than input length 2."),
    ("unpack({})", "bad argument #1 to 'unpack' (string expected, got table)"),
])
@pytest.mark.goal("cmsgpack refuses bytes that are cut short or no MessagePack")
def test_message_unpack_errors(wire, call, text):
    assert failure(wire, f"cmsgpack.{call}") == PLACE + text


@pytest.mark.parametrize("expression, result", [
    ("bit.tohex(255, -4)", b"00FF"), ("bit.band(7, 3)", 3), ("bit.bor(1, 6)", 7), ("bit.bxor(5, 1)", 4),
    ("bit.bnot(0)", -1), ("bit.lshift(1, 4)", 16), ("bit.rshift(256, 4)", 16), ("bit.arshift(-256, 4)", -16),
    ("bit.rol(1, 31)", -2147483648), ("bit.bswap(1)", 16777216), ("bit.tobit(4294967296 + 5)", 5),
])
@pytest.mark.goal("bit works on 32 bits with a sign")
def test_bit(wire, expression, result):
    assert evaluate(wire, expression) == result


@pytest.mark.parametrize("arguments, digits", [
    ("'>I2', 5", "0005"), ("'<I4', 100000", "a0860100"), ("'bBhH', 1, 2, 3, 4", "010203000400"),
    ("'>i3', -2", "fffffe"), ("'f', 1.5", "0000c03f"), ("'>d', 1.5", "3ff8000000000000"), ("'s', 'abc'", "61626300"),
    ("'c0', 'abc'", "616263"), ("'c2', 'abc'", "6162"), ("'x'", "00"), ("'!4bi', 1, 2", "0100000002000000"),
    ("'bi', 1, 2", "0102000000"), ("'B', 300", "2c"), ("'i', 1.7", "01000000"),
    ("'>!4 i1 i4 i2', 1, 2, 3", "01000000000000020003"), ("'i10', -1", "ffffffffffffffff0000"),
])
@pytest.mark.goal("struct.pack lays values out as the format says, and struct.unpack reads them again")
def test_struct_pack(wire, arguments, digits):
    assert evaluate(wire, f"struct.pack({arguments})") == bytes.fromhex(digits)


@pytest.mark.goal("struct.unpack gives the values and where it stopped; struct.size tells how long a format is")
def test_struct_unpack(wire):
    assert evaluate(wire, "{struct.unpack('>I2s', '\\0\\5abc\\0rest')}") == [5, b"abc", 7]
    assert evaluate(wire, "{struct.unpack('Bc0', '\\3abcdef')}") == [b"abc", 5]
    assert evaluate(wire, "{struct.unpack('<h', '\\255\\255\\001', 2)}") == [511, 4]
    assert evaluate(wire, "{struct.unpack('bBh', '\\255\\255\\1\\0x')}") == [-1, 255, 1, 5]
    assert evaluate(wire, "{struct.size('bhil'), struct.size('!8bd'), struct.size('c5i2x')}") == [15, 16, 8]


@pytest.mark.parametrize("call, text", [
    ("pack('i')", "bad argument #2 to 'pack' (number expected, got nil)"),
    ("pack('z', 1)", "bad argument #1 to 'pack' (invalid format option 'z')"),
    ("pack('!3i', 1)", "alignment 3 is not a power of 2"),
    ("pack('i33', 1)", "integral size 33 is larger than limit of 32"),
    ("unpack('i4', 'abc')", "bad argument #2 to 'unpack' (data string too short)"),
    ("unpack('c0', 'abc')", "format 'c0' needs a previous size"),
    ("unpack('s', 'abc')", "unfinished string in data"),
    ("unpack('h', 'abc', 0)", "bad argument #3 to 'unpack' (offset must be 1 or greater)"),
    ("size('s')", "bad argument #1 to 'size' (option 's' has no fixed size)"),
])
@pytest.mark.goal("struct refuses formats that are none and data that is too short")
def test_struct_errors(wire, call, text):
    assert failure(wire, f"struct.{call}") == PLACE + text
