"""SENTINEL and the few other commands of a sentinel: replies, errors, how many arguments."""

import pytest

from strata_harness.resp import NULL_ARRAY, RespError
from strata_harness.sentinels import as_text

COMMANDS = ("acl auth client command hello info ping psubscribe publish punsubscribe role sentinel shutdown subscribe "
            "unsubscribe").split()


@pytest.mark.goal("A sentinel knows fifteen commands, and nothing of keys")
def test_command_list(sentinel):
    assert sentinel.admin("COMMAND", "COUNT") == 15
    names = {name.decode().split("|")[0] for name in sentinel.admin("COMMAND", "LIST")}
    assert sorted(names) == COMMANDS
    assert sentinel.admin("COMMAND", "INFO", "get") in ([None], [NULL_ARRAY])


@pytest.mark.parametrize("words", ["GET k", "SET k v", "ECHO x", "SELECT 0", "CONFIG GET port", "MULTI", "MONITOR", "DEBUG "
                                   "SLEEP 0", "RESET", "REPLICAOF no one", "FLUSHALL"])
@pytest.mark.goal("A command of keys, or of a server's administration, is unknown to a sentinel")
def test_absent(sentinel, words):
    name, *args = words.split()
    told = "".join(f"'{arg}' " for arg in args)
    assert sentinel.admin(*words.split()) == RespError(f"ERR unknown command '{name}', with args beginning with: {told}")


@pytest.mark.goal("PING, HELLO and ROLE answer as a sentinel's; HELLO tells the mode and no role")
def test_ping_hello_role(sentinel):
    wire = sentinel.wire()
    assert wire("PING") == "PONG"
    assert wire("ROLE") == [b"sentinel", []]
    sentinel.monitor("m", 1)
    sentinel.monitor("other", 2)
    role = wire("ROLE")
    assert role[0] == b"sentinel" and sorted(role[1]) == [b"m", b"other"]
    hello = wire("HELLO", 3)
    assert hello[b"mode"] == b"sentinel" and hello[b"proto"] == 3 and b"role" not in hello


# -- errors ------------------------------------------------------------------------------------------------------------

ARITIES = {"CKQUORUM": 3, "FAILOVER": 3, "FLUSHCONFIG": 2, "GET-MASTER-ADDR-BY-NAME": 3, "IS-MASTER-DOWN-BY-ADDR": 6,
           "MASTER": 3, "MASTERS": 2, "MONITOR": 6, "MYID": 2, "PENDING-SCRIPTS": 2, "REMOVE": 3, "REPLICAS": 3, "SLAVES": 3,
           "RESET": 3, "SENTINELS": 3}
AT_LEAST = {"CONFIG": 3, "INFO-CACHE": 3, "SET": 5, "SIMULATE-FAILURE": 3}


@pytest.mark.goal("Each subcommand refuses a wrong number of arguments by its own name")
def test_arities(sentinel):
    for name, arity in (ARITIES | AT_LEAST).items():
        error = RespError(f"ERR wrong number of arguments for 'sentinel|{name.lower()}' command")
        assert sentinel.ask(name, *["1"] * (arity - 3)) == error if arity > 2 else True
        if name in ARITIES:
            assert sentinel.ask(name, *["1"] * (arity - 1)) == error


@pytest.mark.goal("SENTINEL alone and an unknown subcommand are errors; HELP is a list of lines")
def test_sentinel_itself(sentinel):
    assert sentinel.ask() == RespError("ERR wrong number of arguments for 'sentinel' command")
    assert sentinel.ask("nosuch") == RespError("ERR unknown subcommand 'nosuch'. Try SENTINEL HELP.")
    lines = sentinel.ask("HELP")
    assert lines[0] == "SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
    assert lines[-2:] == ["HELP", "    Prints this help."] and "CKQUORUM <master-name>" in lines


@pytest.mark.parametrize("words", ["MASTER x", "REPLICAS x", "SLAVES x", "SENTINELS x", "CKQUORUM x", "FAILOVER x", "REMOVE x",
                                   "SET x quorum 1"])
@pytest.mark.goal("A master that nobody knows is an error")
def test_unknown_master(sentinel, words):
    assert sentinel.ask(*words.split()) == RespError("ERR No such master with that name")


@pytest.mark.goal("The address of an unknown master is a null array, in RESP3 a null")
def test_unknown_address(sentinel):
    sentinel.wire().exchange(b"SENTINEL GET-MASTER-ADDR-BY-NAME nosuch\r\n", b"*-1\r\n")
    sentinel.wire(3).exchange(b"SENTINEL GET-MASTER-ADDR-BY-NAME nosuch\r\n", b"_\r\n")


# -- replies -----------------------------------------------------------------------------------------------------------


@pytest.mark.goal("The address of a master: two bulk strings")
def test_address(sentinel):
    sentinel.monitor("m", 1234)
    sentinel.wire().exchange(b"SENTINEL get-master-addr-by-name m\r\n", b"*2\r\n$9\r\n127.0.0.1\r\n$4\r\n1234\r\n")


@pytest.mark.goal("MYID has forty hexadecimal digits, which stay the same and stand in the config file")
def test_myid(sentinel):
    name = sentinel.ask("MYID").decode()
    assert len(name) == 40 and set(name) <= set("0123456789abcdef")
    assert sentinel.ask("MYID").decode() == name and sentinel.config("myid") == [name]


@pytest.mark.goal("MASTERS lists all of them")
def test_masters(sentinel):
    assert sentinel.ask("MASTERS") == []
    sentinel.monitor("a", 1)
    sentinel.monitor("b", 2)
    assert sorted(one["name"] for one in as_text(sentinel.ask("MASTERS"))) == ["a", "b"]


@pytest.mark.goal("A master without replicas and other sentinels has empty lists of them")
def test_empty_lists(sentinel):
    sentinel.monitor("m", 1)
    assert [sentinel.ask(name, "m") for name in ("REPLICAS", "SLAVES", "SENTINELS")] == [[], [], []]


@pytest.mark.goal("PUBLISH is for hellos alone; one that says nothing is taken, and ignored")
def test_publish(sentinel):
    wire = sentinel.wire()
    assert wire("PUBLISH", "news", "x") == RespError("ERR Only HELLO messages are accepted by Sentinel instances.")
    assert wire("PUBLISH", "__sentinel__:hello", "x") == 1


@pytest.mark.goal("RESET takes a pattern, counts the masters that match, and tells of each")
def test_reset(sentinel, events):
    for name in ("one", "once", "two"):
        sentinel.monitor(name, 1000 + len(name))
    assert sentinel.ask("RESET", "ONE") == 0 and sentinel.ask("RESET", "on*") == 2
    told = [event.text for event in events.all() if event.type == "+reset-master"]
    assert sorted(told) == ["master once 127.0.0.1 1004", "master one 127.0.0.1 1003"]


@pytest.mark.goal("RESET forgets replicas and other sentinels, and finds again those that are there")
def test_reset_forgets(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    watched.replicas[1].master = None
    assert sentinel.ask("RESET", "m") == 1
    assert sentinel.ask("REPLICAS", "m") == [] and sentinel.ask("SENTINELS", "m") == []
    events.wait("+slave", f":{watched.replicas[0].port} 127.0.0.1 {watched.replicas[0].port} @ m 127.0.0.1 {watched.master.port}")
    watched.master.say_hello(other.hello(watched.master))
    assert list(sentinel.replicas()) == [watched.replicas[0].port]


@pytest.mark.goal("CKQUORUM: usable sentinels, and what they suffice for")
def test_ckquorum(watched, sentinel, net):
    assert sentinel.ask("CKQUORUM", "m") == "OK 1 usable Sentinels. Quorum and failover authorization can be reached"
    sentinel.set("m", quorum=2)
    assert sentinel.ask("CKQUORUM", "m") == RespError(
        "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master")
    others = [net.sentinel().join(watched.master) for _ in range(2)]
    assert sentinel.ask("CKQUORUM", "m") == "OK 3 usable Sentinels. Quorum and failover authorization can be reached"
    events = sentinel.events()
    for other in others:
        other.die()
        events.wait("+sdown", "sentinel ")
    assert sentinel.ask("CKQUORUM", "m") == RespError(
        "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master. "
        "Not enough available Sentinels to reach the majority and authorize a failover")
    sentinel.set("m", quorum=1)
    assert sentinel.ask("CKQUORUM", "m") == RespError(
        "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the majority and authorize a failover")


@pytest.mark.goal("FLUSHCONFIG writes the file; when that cannot be done it says so, and the sentinel goes on")
def test_flushconfig(fresh_sentinel):
    sentinel = fresh_sentinel()
    sentinel.conf_path.unlink()
    assert sentinel.ask("FLUSHCONFIG") == "OK"
    assert sentinel.config("myid") == [sentinel.id]
    sentinel.conf_path.unlink()
    sentinel.conf_path.mkdir()
    (sentinel.conf_path / "file").touch()
    failed = RespError("ERR Failed to save config file. Check server logs.")
    assert sentinel.ask("FLUSHCONFIG") == failed
    sentinel.wait_log("WARNING: Sentinel was not able to save the new configuration on disk!!!")
    assert sentinel.ask("MONITOR", "m", "127.0.0.1", 1, 1) == failed
    assert sentinel.master()["name"] == "m", "it is watched all the same"


@pytest.mark.goal("INFO-CACHE shows what INFO said last of the master and its replicas, with its age; unknown names are left out")
def test_info_cache(watched, sentinel):
    [name, pairs] = sentinel.ask("INFO-CACHE", "nosuch", "m")
    assert name == b"m" and len(pairs) == 3
    assert pairs[0][1].decode() == watched.master.info() and 0 <= pairs[0][0] < 5000
    assert {info.decode() for _, info in pairs[1:]} == {replica.info() for replica in watched.replicas}
    assert sentinel.ask("INFO-CACHE", "nosuch") == []


@pytest.mark.goal("INFO-CACHE has a null for an instance that never answered")
def test_info_cache_null(sentinel):
    sentinel.monitor("m", 1)
    [name, [[_, info]]] = sentinel.ask("INFO-CACHE", "m")
    assert name == b"m" and info is None


@pytest.mark.goal("PENDING-SCRIPTS is empty without scripts")
def test_no_scripts(sentinel):
    assert sentinel.ask("PENDING-SCRIPTS") == []


# -- SENTINEL DEBUG ----------------------------------------------------------------------------------------------------

PERIODS = {"INFO-PERIOD": 10000, "PING-PERIOD": 1000, "ASK-PERIOD": 1000, "PUBLISH-PERIOD": 2000, "DEFAULT-DOWN-AFTER": 30000,
           "DEFAULT-FAILOVER-TIMEOUT": 180000, "TILT-TRIGGER": 2000, "TILT-PERIOD": 30000, "SLAVE-RECONF-TIMEOUT": 10000,
           "MIN-LINK-RECONNECT-PERIOD": 15000, "ELECTION-TIMEOUT": 10000, "SCRIPT-MAX-RUNTIME": 60000,
           "SCRIPT-RETRY-DELAY": 30000}


@pytest.mark.goal("DEBUG lists the periods; a sentinel starts with these")
def test_debug_list(fresh_sentinel):
    sentinel = fresh_sentinel(fast=False)
    assert as_text(sentinel.ask("DEBUG")) == {name: str(ms) for name, ms in PERIODS.items()}
    wire = sentinel.wire(3)
    assert wire("SENTINEL", "DEBUG")[b"TILT-PERIOD"] == b"30000"


@pytest.mark.goal("DEBUG sets periods one after another, and keeps those before a wrong one")
def test_debug_set(sentinel):
    assert sentinel.ask("DEBUG", "Info-Period", 7000, "ask-period", 400) == "OK"
    told = as_text(sentinel.ask("DEBUG"))
    assert (told["INFO-PERIOD"], told["ASK-PERIOD"]) == ("7000", "400")
    for value in ("0", "-1", "x"):
        assert sentinel.ask("DEBUG", "ask-period", 500, "ping-period", value) == RespError(
            f"ERR Invalid argument '{value}' for SENTINEL DEBUG 'ping-period'")
    assert as_text(sentinel.ask("DEBUG"))["ASK-PERIOD"] == "500"
    for words in (["nosuch", "1"], ["ping-period"]):
        assert sentinel.ask("DEBUG", *words) == RespError(
            f"ERR Unknown option or number of arguments for SENTINEL DEBUG '{words[0]}'")


@pytest.mark.goal("DEBUG's defaults are those of masters that are watched from then on")
def test_debug_defaults(sentinel):
    sentinel.monitor("before", 1)
    sentinel.ask("DEBUG", "default-down-after", 1234, "default-failover-timeout", 5678)
    sentinel.monitor("m", 2)
    assert (sentinel.master()["down-after-milliseconds"], sentinel.master()["failover-timeout"]) == ("1234", "5678")
    assert sentinel.master("before")["down-after-milliseconds"] == "400"


@pytest.mark.goal("SIMULATE-FAILURE takes any of two moments, tells them, and stands in INFO")
def test_simulate_failure(fresh_sentinel):
    sentinel = fresh_sentinel()
    assert sentinel.ask("SIMULATE-FAILURE", "help") == [b"crash-after-election", b"crash-after-promotion"]
    for words, flags in ((["crash-after-election"], "1"), (["CRASH-AFTER-PROMOTION"], "2"),
                         (["crash-after-election", "crash-after-promotion"], "3")):
        assert sentinel.ask("SIMULATE-FAILURE", *words) == "OK"
        assert sentinel.info()["sentinel_simulate_failure_flags"] == flags
    assert sentinel.ask("SIMULATE-FAILURE", "never") == RespError("ERR Unknown failure simulation specified")
