"""Stage 1's commands and options: see facts/__init__.py."""

COMMANDS = {
    b"auth": -2, b"client": -2, b"echo": 2, b"hello": -1, b"ping": -1, b"quit": -1, b"reset": 1, b"select": 2,
    b"command": -1,
    b"config": -2, b"info": -1, b"dbsize": 1, b"flushall": -1, b"flushdb": -1, b"shutdown": -1, b"time": 1,
    b"swapdb": 3,
    b"slowlog": -2, b"latency": -2, b"monitor": 1, b"lolwut": -1, b"memory": -2, b"debug": -2, b"subscribe": -2,
    b"unsubscribe": -1, b"psubscribe": -2, b"punsubscribe": -1, b"publish": 3, b"pubsub": -2, b"set": -3, b"get": 2,
    b"getset": 3, b"getdel": 2, b"getex": -2, b"setnx": 3, b"setex": 4, b"psetex": 4, b"mset": -3, b"msetnx": -3,
    b"mget": -2,
    b"append": 3, b"strlen": 2, b"incr": 2, b"decr": 2, b"incrby": 3, b"decrby": 3, b"incrbyfloat": 3, b"getrange": 4,
    b"substr": 4, b"setrange": 4, b"lcs": -3, b"del": -2, b"unlink": -2, b"exists": -2, b"type": 2, b"keys": 2,
    b"randomkey": 1, b"scan": -2, b"rename": 3, b"renamenx": 3, b"touch": -2, b"copy": -3, b"move": 3, b"expire": -3,
    b"pexpire": -3, b"expireat": -3, b"pexpireat": -3, b"ttl": 2, b"pttl": 2, b"expiretime": 2, b"pexpiretime": 2,
    b"persist": 2, b"object": -2,
}

SUBCOMMANDS = {
    b"client|getname": 2, b"client|getredir": 2, b"client|help": 2, b"client|id": 2, b"client|info": 2,
    b"client|kill": -3,
    b"client|list": -2, b"client|no-evict": 3, b"client|pause": -3, b"client|reply": 3, b"client|setname": 3,
    b"client|trackinginfo": 2, b"client|unblock": -3, b"client|unpause": 2, b"command|count": 2, b"command|docs": -2,
    b"command|getkeys": -4, b"command|getkeysandflags": -4,
    b"command|help": 2, b"command|info": -2, b"command|list": -2, b"config|get": -3, b"config|help": 2,
    b"config|resetstat": 2,
    b"config|rewrite": 2, b"config|set": -4, b"latency|doctor": 2, b"latency|graph": 3, b"latency|help": 2,
    b"latency|histogram": -2, b"latency|history": 3, b"latency|latest": 2, b"latency|reset": -2, b"memory|doctor": 2,
    b"memory|help": 2, b"memory|malloc-stats": 2, b"memory|purge": 2, b"memory|stats": 2, b"memory|usage": -3,
    b"object|encoding": 3, b"object|freq": 3, b"object|help": 2, b"object|idletime": 3, b"object|refcount": 3,
    b"pubsub|channels": -2, b"pubsub|help": 2, b"pubsub|numpat": 2, b"pubsub|numsub": -2, b"slowlog|get": -2,
    b"slowlog|help": 2, b"slowlog|len": 2, b"slowlog|reset": 2,
}

LATER_SUBCOMMANDS = {b"client|caching", b"client|tracking", b"pubsub|shardchannels", b"pubsub|shardnumsub"}

NOT_FOR_JUNK = {
    b"shutdown", b"debug", b"monitor", b"subscribe", b"psubscribe", b"unsubscribe", b"punsubscribe", b"quit", b"config",
    b"client", b"auth", b"command", b"slowlog", b"latency", b"info", b"flushall", b"flushdb", b"lolwut", b"hello",
    b"reset", b"select", b"pubsub", b"memory",
}

ANY_ORDER = {b"keys", b"pubsub|channels"}
ANY_ORDER_PAIRS = {b"config|get"}
CURSORS = {b"scan"}
NOT_COUNTED = {b"scan", b"ping"}

OPTIONS = {
    b"slowlog-log-slower-than": b"-1",  # nothing may enter the slow log because the machine was busy
    b"slowlog-max-len": b"128", b"latency-monitor-threshold": b"0", b"maxclients": b"10000", b"timeout": b"0",
    b"tcp-keepalive": b"300", b"proto-max-bulk-len": b"536870912", b"client-query-buffer-limit": b"1073741824",
    b"client-output-buffer-limit": b"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    b"loglevel": b"notice", b"requirepass": b"", b"latency-tracking": b"yes",
    b"latency-tracking-info-percentiles": b"50 99 99.9",
}

READERS = {b"string": (b"GET", None)}
