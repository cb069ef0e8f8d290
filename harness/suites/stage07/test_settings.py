"""Masters and options at run time: SENTINEL MONITOR, REMOVE, SET and CONFIG, and the lines that they leave in the file."""

import pytest

from strata_harness.resp import RespError
from strata_harness.wait import wait_until


def error(text):
    return RespError(f"ERR {text}")


# -- MONITOR, REMOVE ---------------------------------------------------------------------------------------------------


@pytest.mark.goal("MONITOR adds a master with the defaults, in the file, too, and publishes +monitor")
def test_monitor(sentinel, events):
    assert sentinel.ask("MONITOR", "m", "127.0.0.1", 1234, 3) == "OK"
    told = sentinel.master()
    assert (told["ip"], told["port"], told["quorum"], told["parallel-syncs"]) == ("127.0.0.1", "1234", "3", "1")
    assert (told["config-epoch"], told["num-slaves"], told["num-other-sentinels"]) == ("0", "0", "0")
    assert sentinel.config("monitor") == ["m 127.0.0.1 1234 3"]
    assert sentinel.config("config-epoch") == ["m 0"] and sentinel.config("leader-epoch") == ["m 0"]
    assert events.wait("+monitor").text == "master m 127.0.0.1 1234 quorum 3"


@pytest.mark.parametrize("words, text", [
    ("m 127.0.0.1 1234 x", "Invalid quorum"), ("m 127.0.0.1 x 1", "Invalid port"), ("m nosuch.invalid 1 x", "Invalid quorum"),
    ("m 127.0.0.1 1234 0", "Quorum must be 1 or greater."), ("m 127.0.0.1 1234 -1", "Quorum must be 1 or greater."),
    ("m localhost 1234 1", "Invalid IP address or hostname specified"), ("m 1.2.3 x 1", "Invalid port"),
    ("m 127.0.0.1 70000 1", "Invalid port number."), ("there 127.0.0.1 1 1", "Duplicate master name."),
    ("m 300.1.1.1 1 1", "Invalid IP address or hostname specified")])
@pytest.mark.goal("MONITOR refuses what is no quorum, no port, no address, or a name that is taken")
def test_monitor_errors(sentinel, words, text):
    sentinel.monitor("there", 1)
    assert sentinel.ask("MONITOR", *words.split()) == error(text)
    assert sentinel.info()["sentinel_masters"] == "1" and len(sentinel.config("monitor")) == 1


@pytest.mark.goal("REMOVE forgets a master, in the file, too, and publishes -monitor")
def test_remove(sentinel, events):
    sentinel.monitor("m", 1234, auth_pass="secret", parallel_syncs=4)
    sentinel.monitor("stays", 1235)
    assert sentinel.ask("REMOVE", "m") == "OK"
    assert events.wait("-monitor").text == "master m 127.0.0.1 1234"
    assert sentinel.info()["sentinel_masters"] == "1"
    assert sentinel.config("monitor") == ["stays 127.0.0.1 1235 1"]
    assert not sentinel.config("auth-pass") and not sentinel.config("parallel-syncs")


@pytest.mark.goal("REMOVE closes the connections to the master and its replicas")
def test_remove_disconnects(watched, sentinel):
    fakes = [watched.master, *watched.replicas]
    wait_until(lambda: all(len(fake.clients()) == 2 for fake in fakes), 5, "two connections to each")
    sentinel.ask("REMOVE", "m")
    wait_until(lambda: not any(fake.clients() for fake in fakes), 5, "the connections to be closed")


# -- SET ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option, value, field", [
    ("down-after-milliseconds", "1500", "down-after-milliseconds"), ("failover-timeout", "7000", "failover-timeout"),
    ("parallel-syncs", "3", "parallel-syncs"), ("quorum", "4", "quorum")])
@pytest.mark.goal("SET of a number is seen in MASTER and in the file, and published")
def test_set_number(sentinel, events, option, value, field):
    sentinel.monitor("m", 1234)
    assert sentinel.ask("SET", "m", option, value) == "OK"
    assert sentinel.master()[field] == value
    assert events.wait("+set").text == f"master m 127.0.0.1 1234 {option} {value}"
    expected = ["m 127.0.0.1 1234 4"] if option == "quorum" else [f"m {value}"]
    assert sentinel.config("monitor" if option == "quorum" else option) == expected
    for wrong in ("0", "-1", "x", ""):
        assert sentinel.ask("SET", "m", option, wrong) == error(f"Invalid argument '{wrong}' for SENTINEL SET '{option}'")


@pytest.mark.goal("SET takes several options; those before a wrong one are kept, and saved")
def test_set_several(sentinel, events):
    sentinel.monitor("m", 1234)
    assert sentinel.ask("SET", "m", "quorum", 2, "PARALLEL-SYNCS", 5) == "OK"
    assert sentinel.ask("SET", "m", "quorum", 3, "parallel-syncs", "x") == error(
        "Invalid argument 'x' for SENTINEL SET 'parallel-syncs'")
    assert (sentinel.master()["quorum"], sentinel.master()["parallel-syncs"]) == ("3", "5")
    assert sentinel.config("monitor") == ["m 127.0.0.1 1234 3"] and sentinel.config("parallel-syncs") == ["m 5"]
    assert [event.text.split(" ", 4)[4].lower() for event in events.all() if event.type == "+set"] == [
        "quorum 2", "parallel-syncs 5", "quorum 3"]


@pytest.mark.goal("SET of an unknown option, or of one without its value, is an error")
def test_set_unknown(sentinel):
    sentinel.monitor("m", 1234)
    for words in (["nosuch", "1"], ["rename-command", "a"]):
        assert sentinel.ask("SET", "m", *words) == error(
            f"Unknown option or number of arguments for SENTINEL SET '{words[0]}'")
    assert sentinel.ask("SET", "m", "quorum", "2", "quorum") == error(
        "Unknown option or number of arguments for SENTINEL SET 'quorum'")
    assert sentinel.master()["quorum"] == "2"


@pytest.mark.goal("A password and a user are saved; an event does not tell the password; empty clears them")
def test_set_auth(sentinel, events):
    sentinel.monitor("m", 1234)
    assert sentinel.ask("SET", "m", "auth-pass", "sesame", "auth-user", "ali") == "OK"
    assert sentinel.config("auth-pass") == ["m sesame"] and sentinel.config("auth-user") == ["m ali"]
    assert events.wait("+set").text.endswith("auth-pass ******")
    assert events.wait("+set").text.endswith("auth-user ali")
    assert sentinel.ask("SET", "m", "auth-pass", "", "auth-user", "") == "OK"
    assert sentinel.config("auth-pass") == [] and sentinel.config("auth-user") == []


@pytest.mark.goal("Scripts cannot be set over the wire unless the config file allows it; then they must be executable")
def test_set_scripts(sentinel, fresh_sentinel):
    sentinel.monitor("m", 1)
    for option in ("notification-script", "client-reconfig-script"):
        assert sentinel.ask("SET", "m", option, "/bin/true") == error(
            "Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration "
            "directive in your Sentinel configuration")
    free = fresh_sentinel("sentinel deny-scripts-reconfig no")
    free.monitor("m", 1)
    for option, kind in (("notification-script", "Notification"), ("client-reconfig-script", "Client reconfiguration")):
        assert free.ask("SET", "m", option, "/nosuch") == error(f"{kind} script seems non existing or non executable")
        assert option not in free.master()
        assert free.ask("SET", "m", option, "/bin/true") == "OK"
        assert free.master()[option] == "/bin/true" and free.config(option) == ["m /bin/true"]
        assert free.ask("SET", "m", option, "") == "OK"
        assert option not in free.master() and free.config(option) == []


@pytest.mark.goal("rename-command takes two names, is saved, and goes when a command gets its own name")
def test_set_rename(sentinel):
    sentinel.monitor("m", 1)
    assert sentinel.ask("SET", "m", "rename-command", "CONFIG", "GUESSED") == "OK"
    assert sentinel.config("rename-command") == ["m CONFIG GUESSED"]
    assert sentinel.ask("SET", "m", "rename-command", "CONFIG", "CONFIG") == "OK"
    assert sentinel.config("rename-command") == []


@pytest.mark.goal("master-reboot-down-after-period may be 0, which turns it off")
def test_set_reboot(sentinel):
    sentinel.monitor("m", 1)
    option = "master-reboot-down-after-period"
    assert sentinel.ask("SET", "m", option, 900) == "OK" and sentinel.config(option) == ["m 900"]
    assert sentinel.ask("SET", "m", option, 0) == "OK" and sentinel.config(option) == []
    assert sentinel.ask("SET", "m", option, -1) == error(f"Invalid argument '-1' for SENTINEL SET '{option}'")


@pytest.mark.goal("down-after-milliseconds of a master holds for its replicas, too")
def test_down_after_of_replicas(watched, sentinel):
    sentinel.set("m", down_after_milliseconds=2345)
    assert {one["down-after-milliseconds"] for one in sentinel.replicas().values()} == {"2345"}


# -- CONFIG ------------------------------------------------------------------------------------------------------------

OPTIONS = ["resolve-hostnames", "announce-hostnames", "announce-ip", "announce-port", "sentinel-user", "sentinel-pass"]


@pytest.mark.goal("CONFIG GET takes a pattern and answers a map; what is not set is empty")
def test_config_get(sentinel):
    flat = sentinel.ask("CONFIG", "GET", "*")
    assert flat[::2] == [option.encode() for option in OPTIONS]
    assert flat[1::2] == [b"no", b"no", b"", b"0", b"", b""]
    assert sentinel.ask("CONFIG", "GET", "ANNOUNCE-p*") == [b"announce-port", b"0"]
    assert sentinel.ask("CONFIG", "GET", "nosuch") == []
    sentinel.wire(3).exchange(b"SENTINEL CONFIG GET announce-port\r\n", b"%1\r\n$13\r\nannounce-port\r\n$1\r\n0\r\n")


@pytest.mark.parametrize("option, value", [("resolve-hostnames", "yes"), ("announce-hostnames", "yes"),
                                           ("announce-ip", "127.0.0.9"), ("announce-port", "4321"),
                                           ("sentinel-user", "ali"), ("sentinel-pass", "sesame")])
@pytest.mark.goal("CONFIG SET is answered by CONFIG GET and saved; the default, or nothing, takes the line away")
def test_config_set(fresh_sentinel, option, value):
    sentinel = fresh_sentinel()
    assert sentinel.ask("CONFIG", "SET", option, value) == "OK"
    assert sentinel.ask("CONFIG", "GET", option) == [option.encode(), value.encode()]
    shown = f'"{value}"' if option == "announce-ip" else value
    lines = [line for line in sentinel.config() if line.startswith(f"sentinel {option} ")]
    assert lines == [f"sentinel {option} {shown}"]
    cleared = {"yes": "no", "4321": "0"}.get(value, "")
    assert sentinel.ask("CONFIG", "SET", option, cleared) == "OK"
    assert sentinel.ask("CONFIG", "GET", option) == [option.encode(), cleared.encode()]


@pytest.mark.goal("CONFIG SET refuses unknown options and wrong values; other forms of CONFIG are refused as well")
def test_config_errors(sentinel):
    assert sentinel.ask("CONFIG", "SET", "nosuch", "1") == error("Invalid argument 'nosuch' to SENTINEL CONFIG SET")
    for option in ("resolve-hostnames", "announce-hostnames", "announce-port"):
        assert sentinel.ask("CONFIG", "SET", option, "maybe") == error(
            f"Invalid value 'maybe' to SENTINEL CONFIG SET '{option}'")
    for words in (["foo"], ["GET"], ["SET", "announce-ip"], ["SET", "announce-ip", "1", "2"], ["GET", "a", "b"]):
        assert sentinel.ask("CONFIG", *words) == error(
            "Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.")
