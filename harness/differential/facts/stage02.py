"""Stage 2's commands and options: see facts/__init__.py."""

COMMANDS = {
    b"blmove": 6, b"blmpop": -5, b"blpop": -3, b"brpop": -3, b"brpoplpush": 4, b"lindex": 3, b"linsert": 5,
    b"llen": 2, b"lmove": 5, b"lmpop": -4, b"lpop": -2, b"lpos": -3, b"lpush": -3, b"lpushx": -3, b"lrange": 4,
    b"lrem": 4, b"lset": 4, b"ltrim": 4, b"rpop": -2, b"rpoplpush": 3, b"rpush": -3, b"rpushx": -3, b"hdel": -3,
    b"hexists": 3, b"hget": 3, b"hgetall": 2, b"hincrby": 4, b"hincrbyfloat": 4, b"hkeys": 2, b"hlen": 2,
    b"hmget": -3, b"hmset": -4, b"hrandfield": -2, b"hscan": -3, b"hset": -4, b"hsetnx": 4, b"hstrlen": 3,
    b"hvals": 2, b"sadd": -3, b"scard": 2, b"sdiff": -2, b"sdiffstore": -3, b"sinter": -2, b"sintercard": -3,
    b"sinterstore": -3, b"sismember": 3, b"smembers": 2, b"smismember": -3, b"smove": 4, b"spop": -2,
    b"srandmember": -2, b"srem": -3, b"sscan": -3, b"sunion": -2, b"sunionstore": -3, b"bzmpop": -5,
    b"bzpopmax": -3, b"bzpopmin": -3, b"zadd": -4, b"zcard": 2, b"zcount": 4, b"zdiff": -3, b"zdiffstore": -4,
    b"zincrby": 4, b"zinter": -3, b"zintercard": -3, b"zinterstore": -4, b"zlexcount": 4, b"zmpop": -4,
    b"zmscore": -3, b"zpopmax": -2, b"zpopmin": -2, b"zrandmember": -2, b"zrange": -4, b"zrangebylex": -4,
    b"zrangebyscore": -4, b"zrangestore": -5, b"zrank": 3, b"zrem": -3, b"zremrangebylex": 4, b"zremrangebyrank": 4,
    b"zremrangebyscore": 4, b"zrevrange": -4, b"zrevrangebylex": -4, b"zrevrangebyscore": -4, b"zrevrank": 3,
    b"zscan": -3, b"zscore": 3, b"zunion": -3, b"zunionstore": -4, b"bitcount": -2, b"bitfield": -2,
    b"bitfield_ro": -2, b"bitop": -4, b"bitpos": -3, b"getbit": 3, b"setbit": 4, b"pfadd": -2, b"pfcount": -2,
    b"pfdebug": 3, b"pfmerge": -2, b"pfselftest": 1, b"geoadd": -5, b"geodist": -4, b"geohash": -2, b"geopos": -2,
    b"georadius": -6, b"georadius_ro": -6, b"georadiusbymember": -5, b"georadiusbymember_ro": -5, b"geosearch": -7,
    b"geosearchstore": -8, b"discard": 1, b"exec": 1, b"multi": 1, b"unwatch": 1, b"watch": -2, b"sort": -2,
    b"sort_ro": -2,
}

MAY_WAIT = {b"blpop", b"brpop", b"blmove", b"brpoplpush", b"blmpop", b"bzpopmin", b"bzpopmax", b"bzmpop"}

NOT_FOR_JUNK = MAY_WAIT | {
    b"multi", b"exec", b"discard",  # what follows would be queued
    b"spop",  # the two servers would have different values from then on
    b"pfdebug", b"pfselftest",  # slow
}

ANY_ORDER = {b"smembers", b"sinter", b"sunion", b"sdiff", b"hkeys", b"hvals"}
ANY_ORDER_PAIRS = {b"hgetall"}
CURSORS = {b"hscan", b"sscan", b"zscan"}
NOT_COUNTED = {b"hscan", b"sscan", b"zscan", b"client|list"}
BY_CHANCE = {b"srandmember", b"hrandfield", b"zrandmember"}

OPTIONS = {
    b"hash-max-listpack-entries": b"512", b"hash-max-listpack-value": b"64", b"list-max-listpack-size": b"-2",
    b"list-compress-depth": b"0", b"set-max-intset-entries": b"512", b"zset-max-listpack-entries": b"128",
    b"zset-max-listpack-value": b"64", b"hll-sparse-max-bytes": b"3000",
}

READERS = {
    b"list": (b"LRANGE", None, b"0", b"-1"),
    b"hash": (b"HGETALL", None),
    b"set": (b"SMEMBERS", None),
    b"zset": (b"ZRANGE", None, b"0", b"-1", b"WITHSCORES"),
}
