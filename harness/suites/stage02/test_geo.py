"""Geo: places as scores, distances, and searches within circles and boxes, to the last digit."""

import math

import pytest

from strata_harness.resp import NULL_ARRAY, RespError, encode

SYNTAX = "ERR syntax error"
WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
UNIT = "ERR unsupported unit provided. please use M, KM, FT, MI"

# Longitude, latitude, and the score that Redis gives them.
CITIES = {
    b"Palermo": (13.361389, 38.115556, 3479099956230698),
    b"Catania": (15.087269, 37.502669, 3479447370796909),
    b"Rome": (12.496366, 41.902782, 3480343273965391),
    b"Naples": (14.268124, 40.851775, 3480580670016159),
    b"Milan": (9.188540, 45.464664, 3663062935125109),
}
RADIUS = 6372797.560856


@pytest.fixture
def cities(wire):
    wire("GEOADD", "g", *[word for city, (lon, lat, _) in CITIES.items() for word in (lon, lat, city)])
    return wire


def meters(a, b):
    """The haversine formula, as a model that is right to a few metres."""
    (lon1, lat1), (lon2, lat2) = ([math.radians(degrees) for degrees in place[:2]] for place in (a, b))
    half = math.sin((lat2 - lat1) / 2)**2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2)**2
    return 2 * RADIUS * math.asin(math.sqrt(half))


# --- adding ---


@pytest.mark.goal("GEOADD makes a sorted set whose scores are 52-bit geohashes")
def test_scores(cities):
    assert cities("TYPE", "g") == "zset"
    for city, (_, _, score) in CITIES.items():
        assert cities("ZSCORE", "g", city) == b"%d" % score
    assert cities("ZCARD", "g") == len(CITIES)


@pytest.mark.goal("GEOADD counts new places, with CH also moved ones; NX and XX choose between the two")
def test_geoadd_options(wire):
    assert wire("GEOADD", "g", 1, 1, "a", 2, 2, "b") == 2
    assert wire("GEOADD", "g", 1, 1, "a", 3, 3, "b", 4, 4, "c") == 1
    assert wire("GEOADD", "g", "CH", 1, 1, "a", 5, 5, "b", 6, 6, "d") == 2
    assert wire("GEOADD", "g", "NX", "CH", 9, 9, "a", 9, 9, "e") == 1
    assert wire("GEOADD", "g", "xx", "ch", 9, 9, "a", 9, 9, "f") == 1
    assert wire("ZCARD", "g") == 5
    assert wire("GEODIST", "g", "a", "e") == b"0.0000"


@pytest.mark.parametrize("words, error", [
    (["1", "1"], "ERR wrong number of arguments for 'geoadd' command"), (["1", "1", "a", "2"], SYNTAX),
    (["NX", "XX", "1", "1", "a"], SYNTAX), (["x", "1", "a"], "ERR value is not a valid float"),
    (["1", "", "a"], "ERR value is not a valid float"),
    (["180.1", "1", "a"], "ERR invalid longitude,latitude pair 180.100000,1.000000"),
    (["1", "1", "a", "1", "85.06", "b"], "ERR invalid longitude,latitude pair 1.000000,85.060000"),
    (["1", "-86", "a"], "ERR invalid longitude,latitude pair 1.000000,-86.000000"),
    (["inf", "1", "a"], "ERR invalid longitude,latitude pair inf,1.000000")], ids=" ".join)
@pytest.mark.goal("GEOADD refuses places off the map before it stores any")
def test_geoadd_errors(wire, words, error):
    assert wire.error("GEOADD", "g", *words) == error
    assert wire("EXISTS", "g") == 0
    assert wire("GEOADD", "g", 1, 1, "a") == 1


# --- single places ---


@pytest.mark.goal("GEOPOS gives the middle of a place's cell with all its digits")
def test_geopos(cities, wire3):
    ask = encode("GEOPOS", "g", "Palermo", "nowhere")
    place = b"*2\r\n%b%b\r\n%b%b\r\n"
    lon, lat = b"13.36138933897018433", b"38.11555639549629859"
    cities.exchange(ask, b"*2\r\n" + place % (b"$20\r\n", lon, b"$20\r\n", lat) + b"*-1\r\n")
    wire3.exchange(ask, b"*2\r\n" + place % (b",", lon, b",", lat) + b"_\r\n")
    assert cities("GEOPOS", "none", "a", "b") == [NULL_ARRAY, NULL_ARRAY] and cities("GEOPOS", "g") == []


@pytest.mark.goal("What GEOPOS answers is less than a metre from what was added, anywhere on the map")
def test_geopos_everywhere(wire, rng):
    places = [(rng.uniform(-180, 180), rng.uniform(-85, 85)) for _ in range(100)]
    places += [(-180, -85.05112878), (180, 85.05112878), (0, 0), (-180, 85), (179.9999999, 0)]
    wire("GEOADD", "g", *[word for number, (lon, lat) in enumerate(places) for word in (lon, lat, number)])
    for place, found in zip(places, wire("GEOPOS", "g", *range(len(places)))):
        assert meters(place, [float(degrees) for degrees in found]) < 1


@pytest.mark.goal("GEOHASH gives the eleven characters that other systems understand")
def test_geohash(cities):
    assert cities("GEOHASH", "g", "Palermo", "nowhere", "Catania") == [b"sqc8b49rny0", None, b"sqdtr74hyu0"]
    cities("GEOADD", "edge", -180, -85.05112878, "sw", 0, 0, "middle")
    assert cities("GEOHASH", "edge", "sw", "middle") == [b"00bh0hbj200", b"s0000000000"]
    assert cities("GEOHASH", "none", "a") == [None]


@pytest.mark.parametrize("unit, expected", [((), b"166274.1516"), (("m",), b"166274.1516"), (("KM",), b"166.2742"),
                                            (("mi",), b"103.3182"), (("Ft",), b"545518.8700")], ids=str)
@pytest.mark.goal("GEODIST has four decimals in every unit, and is a bulk string in both protocols")
def test_geodist(cities, wire3, unit, expected):
    ask = encode("GEODIST", "g", "Palermo", "Catania", *unit)
    cities.exchange(ask, b"$%d\r\n%b\r\n" % (len(expected), expected))
    wire3.exchange(ask, b"$%d\r\n%b\r\n" % (len(expected), expected))


@pytest.mark.goal("GEODIST of a place that is not there is null; units and arguments are checked")
def test_geodist_edges(cities):
    assert cities("GEODIST", "g", "Rome", "Rome", "km") == b"0.0000"
    assert cities("GEODIST", "g", "Rome", "nowhere") is None and cities("GEODIST", "none", "a", "b") is None
    assert cities.error("GEODIST", "g", "Rome", "Milan", "parsec") == UNIT
    assert cities.error("GEODIST", "g", "Rome", "Milan", "km", "x") == SYNTAX


# --- searching ---


@pytest.mark.goal("A circle around a place or a point finds the nearest first, or the farthest")
def test_circle(cities):
    assert cities("GEOSEARCH", "g", "FROMMEMBER", "Palermo", "BYRADIUS", 200, "km", "ASC") == [b"Palermo", b"Catania"]
    assert cities("GEOSEARCH", "g", "byradius", 500, "km", "fromlonlat", 15, 37, "desc") == [b"Naples", b"Palermo",
                                                                                            b"Catania"]
    assert cities("GEOSEARCH", "g", "FROMLONLAT", 15, 37, "BYRADIUS", 1, "mi") == []


@pytest.mark.goal("A box takes its width and its height apart")
def test_box(cities):
    origin = ("FROMLONLAT", 13.8, 40)
    assert set(cities("GEOSEARCH", "g", *origin, "BYBOX", 400, 300, "km")) == {b"Naples"}
    assert set(cities("GEOSEARCH", "g", *origin, "BYBOX", 100, 300, "km")) == {b"Naples"}
    assert set(cities("GEOSEARCH", "g", *origin, "BYBOX", 60, 300, "km")) == set()
    assert set(cities("GEOSEARCH", "g", *origin, "BYBOX", 400, 600, "km")) == {b"Naples", b"Rome", b"Palermo",
                                                                               b"Catania"}


@pytest.mark.goal("WITHDIST, WITHHASH and WITHCOORD add to each place, always in this order")
def test_details(cities, wire3):
    ask = encode("GEOSEARCH", "g", "FROMLONLAT", 15, 37, "BYRADIUS", 100, "km", "WITHCOORD", "WITHHASH", "WITHDIST")
    reply = (b"*1\r\n*4\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n:3479447370796909\r\n"
             b"*2\r\n%b15.08726745843887329\r\n%b37.50266842333162032\r\n")
    cities.exchange(ask, reply % (b"$20\r\n", b"$20\r\n"))
    wire3.exchange(ask, reply % (b",", b","))
    assert cities("GEOSEARCH", "g", "FROMMEMBER", "Rome", "BYRADIUS", 1, "m", "WITHDIST") == [[b"Rome", b"0.0000"]]


@pytest.mark.goal("COUNT takes the nearest even without ASC; with ANY, the first ones found will do")
def test_count(cities):
    circle = ("FROMMEMBER", "Milan", "BYRADIUS", 2000, "km")
    order = [b"Milan", b"Rome", b"Naples", b"Palermo", b"Catania"]
    assert cities("GEOSEARCH", "g", *circle, "COUNT", 3) == order[:3]
    assert cities("GEOSEARCH", "g", *circle, "DESC", "COUNT", 2) == order[:2:-1]
    assert cities("GEOSEARCH", "g", *circle, "COUNT", 100) == order
    some = cities("GEOSEARCH", "g", *circle, "COUNT", 2, "ANY")
    assert len(some) == 2 and set(some) < set(order)


@pytest.mark.parametrize("kind", ["circle", "box"])
@pytest.mark.goal("A search finds exactly the places that lie inside, however large it is")
def test_against_model(wire, rng, kind):
    places = {b"p%d" % number: (rng.uniform(-60, 60), rng.uniform(-60, 60)) for number in range(800)}
    wire("GEOADD", "g", *[word for name, (lon, lat) in places.items() for word in (lon, lat, name)])
    for size in (1, 50, 400, 1500, 4000):
        center = (rng.uniform(-50, 50), rng.uniform(-50, 50))
        area = ("BYRADIUS", size, "km") if kind == "circle" else ("BYBOX", size, size / 2, "km")
        found = wire("GEOSEARCH", "g", "FROMLONLAT", *center, *area, "ASC")

        def slack(place):
            """Metres that a place lies inside (positive) or outside."""
            if kind == "circle":
                return size * 1000 - meters(center, place)
            return min(size * 250 - meters(place, (place[0], center[1])),
                       size * 500 - meters(place, (center[0], place[1])))

        assert len(found) == len(set(found))
        assert all(slack(places[name]) > -2 for name in found)
        assert all(name in found for name, place in places.items() if slack(place) > 2)
        distances = [meters(center, places[name]) for name in found]
        assert all(second > first - 2 for first, second in zip(distances, distances[1:]))


@pytest.mark.goal("Searches reach across the 180th meridian's cells and up to the ends of the map without an error")
def test_edges(wire):
    wire("GEOADD", "g", 179.9, 0, "east", -179.9, 0, "west", 0, 85, "north", 0, -85, "south", 0, 0, "middle")
    assert wire("GEOSEARCH", "g", "FROMLONLAT", 0, 0, "BYRADIUS", 30000, "km", "ASC")[0] == b"middle"
    assert len(wire("GEOSEARCH", "g", "FROMLONLAT", 0, 0, "BYRADIUS", 30000, "km")) == 5
    assert wire("GEOSEARCH", "g", "FROMLONLAT", 180, 85, "BYRADIUS", 0, "m") == []
    assert wire("GEOSEARCH", "g", "FROMLONLAT", 179.9, 0, "BYRADIUS", 1, "m") == [b"east"]
    assert b"north" in wire("GEOSEARCH", "g", "FROMMEMBER", "north", "BYBOX", 10, 10, "km")


@pytest.mark.parametrize("words, error", [
    ("FROMMEMBER nowhere BYRADIUS 1 m", "ERR could not decode requested zset member"),
    ("FROMMEMBER Rome FROMLONLAT 1 2 BYRADIUS 1 m", SYNTAX), ("FROMMEMBER Rome BYRADIUS 1 m BYBOX 1 1 m", SYNTAX),
    ("FROMMEMBER Rome BYRADIUS x m", "ERR need numeric radius"),
    ("FROMMEMBER Rome BYRADIUS -1 m", "ERR radius cannot be negative"), ("FROMMEMBER Rome BYRADIUS 1 x", UNIT),
    ("FROMMEMBER Rome BYBOX x 1 m", "ERR need numeric width"),
    ("FROMMEMBER Rome BYBOX 1 x m", "ERR need numeric height"),
    ("FROMMEMBER Rome BYBOX 1 -1 m", "ERR height or width cannot be negative"),
    ("BYRADIUS 1 m ASC ASC", "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH"),
    ("FROMLONLAT 1 2 ASC ASC", "ERR exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH"),
    ("FROMLONLAT 181 2 BYRADIUS 1 m", "ERR invalid longitude,latitude pair 181.000000,2.000000"),
    ("FROMMEMBER Rome BYRADIUS 1 m COUNT 0", "ERR COUNT must be > 0"),
    ("FROMMEMBER Rome BYRADIUS 1 m ANY", "ERR the ANY argument requires COUNT argument"),
    ("FROMMEMBER Rome BYRADIUS 1 m STOREDIST", SYNTAX), ("FROMMEMBER Rome BYRADIUS 1 m STORE d", SYNTAX)])
@pytest.mark.goal("GEOSEARCH refuses what contradicts itself")
def test_search_errors(cities, words, error):
    assert cities.error("GEOSEARCH", "g", *words.split()) == error


# --- storing ---


@pytest.mark.goal("GEOSEARCHSTORE keeps the places, or with STOREDIST their distances, under another key")
def test_geosearchstore(cities):
    circle = ("FROMMEMBER", "Palermo", "BYRADIUS", 200, "km")
    cities.ok("SET", "d", "text", "EX", 100)
    assert cities("GEOSEARCHSTORE", "d", "g", *circle) == 2
    assert cities("ZRANGE", "d", 0, -1, "WITHSCORES") == [b"Palermo", b"3479099956230698", b"Catania",
                                                         b"3479447370796909"]
    assert cities("TTL", "d") == -1
    assert cities("GEOSEARCHSTORE", "d", "g", *circle, "STOREDIST") == 2
    distances = cities("ZRANGE", "d", 0, -1, "WITHSCORES")
    assert distances[:3] == [b"Palermo", b"0", b"Catania"] and distances[3].startswith(b"166.27415156960")
    assert cities("GEOSEARCHSTORE", "g", "g", *circle, "COUNT", 1, "DESC") == 1
    assert cities("ZRANGE", "g", 0, -1) == [b"Catania"]
    assert cities("GEOSEARCHSTORE", "d", "g", "FROMLONLAT", 0, 0, "BYRADIUS", 1, "m") == 0
    assert cities("EXISTS", "d") == 0
    assert "GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options" in cities.error(
        "GEOSEARCHSTORE", "d", "g", "FROMLONLAT", 0, 0, "BYRADIUS", 1, "m", "WITHDIST")


@pytest.mark.parametrize("suffix", ["", "_RO"])
@pytest.mark.goal("GEORADIUS and GEORADIUSBYMEMBER search like GEOSEARCH does")
def test_georadius(cities, suffix):
    for options in ((), ("DESC",), ("COUNT", "2"), ("WITHDIST", "WITHCOORD", "WITHHASH", "ASC")):
        wanted = cities("GEOSEARCH", "g", "FROMLONLAT", 14, 39, "BYRADIUS", 400, "km", *options)
        assert cities("GEORADIUS" + suffix, "g", 14, 39, 400, "km", *options) == wanted
        wanted = cities("GEOSEARCH", "g", "FROMMEMBER", "Rome", "BYRADIUS", 300, "mi", *options)
        assert cities("GEORADIUSBYMEMBER" + suffix, "g", "Rome", 300, "mi", *options) == wanted
    assert cities("GEORADIUS" + suffix, "none", 14, 39, 400, "km") == []
    assert cities("GEORADIUSBYMEMBER" + suffix, "none", "Rome", 400, "km") == []
    assert cities.error("GEORADIUSBYMEMBER" + suffix, "g", "x", 4, "km") == "ERR could not decode requested zset member"


@pytest.mark.goal("GEORADIUS stores where STORE or STOREDIST says, the last of them; the _RO forms refuse both")
def test_georadius_store(cities):
    assert cities("GEORADIUS", "g", 15, 37, 100, "km", "STORE", "d") == 1
    assert cities("ZSCORE", "d", "Catania") == b"3479447370796909"
    assert cities("GEORADIUSBYMEMBER", "g", "Palermo", 200, "km", "STORE", "x", "STOREDIST", "d") == 2
    assert cities("ZSCORE", "d", "Palermo") == b"0" and cities("EXISTS", "x") == 0
    assert cities("GEORADIUS", "g", 0, 0, 1, "km", "STORE", "d") == 0 and cities("EXISTS", "d") == 0
    assert "STORE option in GEORADIUS is not compatible" in cities.error("GEORADIUS", "g", 15, 37, 200, "km", "STORE",
                                                                         "d", "WITHDIST")
    for command in (["GEORADIUS_RO", "g", 15, 37, 200, "km"], ["GEORADIUSBYMEMBER_RO", "g", "Rome", 200, "km"]):
        assert cities.error(*command, "STORE", "d") == SYNTAX
    for words, targets in ((["STORE", "a"], [b"a"]), (["STOREDIST", "b"], [b"b"]),
                           (["STOREDIST", "b", "STORE", "a"], [b"a", b"b"]), (["STORE"], [])):
        assert cities("COMMAND", "GETKEYS", "GEORADIUS", "g", 1, 2, 3, "m", *words) == [b"g"] + targets


@pytest.mark.parametrize("command", [
    ["GEOADD", "k", "1", "1", "a"], ["GEODIST", "k", "a", "b"], ["GEOHASH", "k", "a"], ["GEOPOS", "k", "a"],
    ["GEOSEARCH", "k", "FROMLONLAT", "1", "1", "BYRADIUS", "1", "m"],
    ["GEOSEARCHSTORE", "d", "k", "FROMLONLAT", "1", "1", "BYRADIUS", "1", "m"], ["GEORADIUS", "k", "1", "1", "1", "m"],
    ["GEORADIUSBYMEMBER", "k", "a", "1", "m"]], ids=lambda words: words[0])
@pytest.mark.goal("Geo commands refuse keys that hold something else, and take any sorted set for places")
def test_types(wire, command):
    wire("SADD", "k", "x")
    assert wire.error(*command) == WRONG_TYPE
    wire("DEL", "k")
    wire("ZADD", "k", -1, "a", "inf", "b")
    assert not isinstance(wire(*command), RespError)
    assert wire("ZCARD", "k") == 2
