"""Geo: places at the edges of the map, circles and boxes of every size, order, limits, results stored."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, element, junk_option, key, looking, sometimes

PLACES = [b"palermo", b"catania", b"rome", b"a", b"b", b"c", b"pole", b"edge", b"\xff\x00", b""]
LONGITUDES = [b"13.361389", b"15.087269", b"12.4964", b"0", b"-180", b"180", b"179.999999", b"-179.999999", b"13.5",
              b"1e1"]
LATITUDES = [b"38.115556", b"37.502669", b"41.9028", b"0", b"85.05112878", b"-85.05112878", b"85", b"-85", b"38",
             b"5e-1"]
BAD = [b"181", b"-181", b"86", b"-86", b"nan", b"inf", b"abc", b"", b" 1"]
SCORES = [b"-1", b"1", b"inf", b"4503599627370496", b"3479099956230698.5"]  # that no place has
UNITS = [b"m", b"km", b"ft", b"mi"]


def degrees(g: Gen, known: list[bytes], most: int) -> bytes:
    if g.chance(0.02):
        return g.pick(BAD)
    return g.pick(known) if g.chance(0.5) else b"%.6f" % g.random.uniform(-most, most)


def longitude(g: Gen) -> bytes:
    return degrees(g, LONGITUDES, 180)


def latitude(g: Gen) -> bytes:
    return degrees(g, LATITUDES, 85)


def place(g: Gen) -> bytes:
    return element(g) if g.chance(0.1) else g.pick(PLACES)


def unit(g: Gen) -> bytes:
    return g.case(g.pick(UNITS)) if g.chance(0.97) else g.pick([b"", b"parsec", b"kmx"])


def length(g: Gen) -> bytes:
    if g.chance(0.04):
        return g.pick([b"-1", b"abc", b"", b"nan", b"inf"])
    return g.pick([b"0", b"1", b"100", b"200", b"500", b"1000.5", b"5000", b"20000", b"1e6", b"20000000",
                   b"%d" % g.int(1, 9000)])


def add(g: Gen):
    options = sometimes(g, 0.15, b"NX") + sometimes(g, 0.15, b"XX") + sometimes(g, 0.3, b"CH")
    places = [word for _ in range(g.pick([1, 1, 2, 4, 20])) for word in (longitude(g), latitude(g), place(g))]
    if g.chance(0.03):
        places = places[:-1]
    return Cmd((g.case(b"GEOADD"), key(g, "geo"), *options, *places))


def shape(g: Gen) -> list[list[bytes]]:
    center = [g.case(b"FROMMEMBER"), place(g)] if g.chance(0.5) else [g.case(b"FROMLONLAT"), longitude(g), latitude(g)]
    area = ([g.case(b"BYRADIUS"), length(g), unit(g)] if g.chance(0.5)
            else [g.case(b"BYBOX"), length(g), length(g), unit(g)])
    return [center, area]


def order(g: Gen) -> list[bytes]:
    """With a count but without an order, those found first count: that is a matter of the search, so ask for it."""
    words = [g.case(g.pick([b"ASC", b"DESC"]))] if g.chance(0.6) else []
    if g.chance(0.4):
        words += [g.case(b"COUNT"), g.integer(0.3) if g.chance(0.1) else b"%d" % g.int(1, 5)]
        words += sometimes(g, 0.25, b"ANY")
    return words


def details(g: Gen) -> list[bytes]:
    words = sometimes(g, 0.3, b"WITHDIST") + sometimes(g, 0.3, b"WITHCOORD") + sometimes(g, 0.3, b"WITHHASH")
    return words + junk_option(g, 0.02)


def search(g: Gen):
    parts = shape(g)
    if g.chance(0.04):
        parts.append(g.pick(shape(g)))
    if g.chance(0.03):
        parts.pop()
    if g.chance(0.3):
        parts += [order(g), sometimes(g, 0.4, b"STOREDIST"), junk_option(g)]
        g.random.shuffle(parts)
        target = key(g, "geo")
        return [Cmd((g.case(b"GEOSEARCHSTORE"), target, key(g, "geo"), *[word for part in parts for word in part])),
                cmd(b"ZRANGE", target, b"0", b"-1", b"WITHSCORES")]
    parts += [order(g), details(g)]
    g.random.shuffle(parts)
    return Cmd((g.case(b"GEOSEARCH"), key(g, "geo"), *[word for part in parts for word in part]))


def radius(g: Gen):
    by_member = g.chance(0.5)
    name = b"GEORADIUSBYMEMBER" if by_member else b"GEORADIUS"
    read_only = g.chance(0.4)
    where = [place(g)] if by_member else [longitude(g), latitude(g)]
    words = order(g)
    if not read_only and g.chance(0.4) or g.chance(0.03):
        words += [g.case(g.pick([b"STORE", b"STOREDIST"])), key(g, "geo")]
        words += sometimes(g, 0.05, b"WITHDIST")
    else:
        words += details(g)
    return Cmd((g.case(name + (b"_RO" if read_only else b"")), key(g, "geo"), *where, length(g), unit(g), *words))


def distance(g: Gen):
    return Cmd((g.case(b"GEODIST"), key(g, "geo"), place(g), place(g), *([unit(g)] if g.chance(0.6) else []),
                *junk_option(g, 0.02)))


FAMILY = Family("geo", 2, 8, looking(mix(
    (14, add), (10, search), (8, radius), (5, distance),
    (4, lambda g: Cmd((g.case(g.pick([b"GEOPOS", b"GEOHASH"])), key(g, "geo"),
                       *[place(g) for _ in range(g.int(0, 4))]))),
    (1, lambda g: cmd(b"DEL", key(g, "geo"))),
    (1, lambda g: cmd(b"GEOHASH", any_key(g), place(g))),
    (1, lambda g: cmd(b"ZREM", key(g, "geo"), place(g))),
    (1, lambda g: cmd(b"ZADD", key(g, "geo"), g.pick(SCORES), place(g))),
)))
