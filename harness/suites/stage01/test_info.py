"""INFO: sections, field names, and counters that move when they should."""

import pytest

from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable_debug_command": "yes"}

FIELDS = {
    "server": """
        redis_version redis_git_sha1 redis_git_dirty redis_build_id redis_mode os arch_bits monotonic_clock
        multiplexing_api gcc_version process_id run_id tcp_port server_time_usec uptime_in_seconds
        uptime_in_days hz configured_hz lru_clock executable config_file""",
    "clients": """
        connected_clients maxclients client_recent_max_input_buffer client_recent_max_output_buffer
        blocked_clients""",
    "memory": """
        used_memory used_memory_human used_memory_rss used_memory_rss_human used_memory_peak
        used_memory_peak_human used_memory_overhead used_memory_dataset total_system_memory maxmemory
        maxmemory_human maxmemory_policy mem_fragmentation_ratio mem_allocator""",
    "stats": """
        total_connections_received total_commands_processed instantaneous_ops_per_sec total_net_input_bytes
        total_net_output_bytes rejected_connections expired_keys evicted_keys keyspace_hits keyspace_misses
        pubsub_channels pubsub_patterns total_error_replies unexpected_error_replies total_reads_processed
        total_writes_processed""",
    "cpu": """
        used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children""",
}


def sections(wire, *words):
    """INFO as {section: {field: value}}, in its order."""
    text = wire("INFO", *words).decode()
    found = {}
    for block in text.split("\r\n\r\n"):
        lines = block.strip("\r\n").split("\r\n")
        if lines == [""]:
            continue
        assert lines[0].startswith("# "), f"a section starts with its name, not {lines[0]!r}"
        found[lines[0][2:]] = dict(line.split(":", 1) for line in lines[1:])
    return found


@pytest.mark.parametrize("section", FIELDS)
@pytest.mark.goal("A section asked for by name comes alone, with Redis's field names")
def test_fields(wire, section):
    found = sections(wire, section)
    assert list(map(str.lower, found)) == [section]
    missing = set(FIELDS[section].split()) - set(next(iter(found.values())))
    assert not missing, f"INFO {section} lacks {sorted(missing)}"


@pytest.mark.goal("INFO alone has the default sections in order; everything adds the statistics of commands")
def test_section_order(wire):
    wire("PING")
    wire.error("NOSUCH")
    wire.ok("SET", "k", "v")
    default = [name for name in sections(wire) if name in ("Server", "Clients", "Memory", "Stats", "CPU",
                                                           "Errorstats", "Keyspace")]
    assert default == ["Server", "Clients", "Memory", "Stats", "CPU", "Errorstats", "Keyspace"]
    assert not {"Commandstats", "Latencystats"} & set(sections(wire))
    for word in ("everything", "all", "ALL"):
        assert {"Server", "Keyspace", "Commandstats", "Latencystats"} <= set(sections(wire, word))
    assert set(sections(wire, "default")) == set(sections(wire))


@pytest.mark.goal("Several sections may be asked for; unknown ones give nothing")
def test_several_sections(wire):
    assert set(sections(wire, "cpu", "SERVER", "nosuch", "cpu")) == {"CPU", "Server"}
    assert wire("INFO", "nosuch") == b""


@pytest.mark.goal("The server section is true")
def test_server_section(wire, server):
    found = sections(wire, "server")["Server"]
    assert found["tcp_port"] == str(server.port) and found["process_id"] == str(server.pid)
    assert found["redis_mode"] == "standalone" and found["redis_version"] == "7.0.15"
    assert len(found["run_id"]) == 40 and found["arch_bits"] == "64"


@pytest.mark.goal("connected_clients and the connection counter follow connections")
def test_clients_section(connect, r):
    before = r.info()
    wires = [connect() for _ in range(5)]
    for wire in wires:
        wire("PING")
    after = r.info()
    assert after["connected_clients"] - before["connected_clients"] == 5
    assert after["total_connections_received"] - before["total_connections_received"] == 5


@pytest.mark.goal("Hits, misses, commands and bytes are counted exactly")
def test_stats(wire, r):
    wire.ok("SET", "k", "v")
    before = r.info("stats")
    for command in (["GET", "k"], ["GET", "missing"], ["MGET", "k", "missing", "k"], ["EXISTS", "k"],
                    ["TTL", "missing"], ["SET", "k", "w"]):
        wire(*command)
    after = r.info("stats")
    difference = {name: after[name] - before[name] for name in ("keyspace_hits", "keyspace_misses",
                                                                "total_commands_processed")}
    assert difference == {"keyspace_hits": 4, "keyspace_misses": 3, "total_commands_processed": 7}
    assert after["total_net_input_bytes"] > before["total_net_input_bytes"]
    assert after["total_net_output_bytes"] > before["total_net_output_bytes"]


@pytest.mark.goal("commandstats counts calls, rejections and failures by command and by subcommand")
def test_commandstats(wire, r):
    wire.ok("SET", "k", "text")
    wire("GET", "k")
    wire("GET", "k")
    wire.error("GET")
    wire.error("INCR", "k")
    wire("CLIENT", "ID")
    stats = r.info("commandstats")
    pick = {name: {field: stats[name][field] for field in ("calls", "rejected_calls", "failed_calls")}
            for name in ("cmdstat_get", "cmdstat_incr", "cmdstat_client|id")}
    assert pick == {"cmdstat_get": {"calls": 2, "rejected_calls": 1, "failed_calls": 0},
                    "cmdstat_incr": {"calls": 1, "rejected_calls": 0, "failed_calls": 1},
                    "cmdstat_client|id": {"calls": 1, "rejected_calls": 0, "failed_calls": 0}}
    assert list(stats["cmdstat_get"]) == ["calls", "usec", "usec_per_call", "rejected_calls", "failed_calls"]


@pytest.mark.goal("errorstats counts errors by their first word")
def test_errorstats(wire):
    wire.error("NOSUCH")
    wire.error("GET")
    wire.error("HELLO", 9)
    assert sections(wire, "errorstats")["Errorstats"] == {"errorstat_ERR": "count=2", "errorstat_NOPROTO": "count=1"}
    assert sections(wire, "stats")["Stats"]["total_error_replies"] == "3"


@pytest.mark.goal("latencystats gives the percentiles that are configured")
def test_latencystats(wire):
    wire("GET", "k")
    line = sections(wire, "latencystats")["Latencystats"]["latency_percentiles_usec_get"]
    assert [part.split("=")[0] for part in line.split(",")] == ["p50", "p99", "p99.9"]
    assert all(float(part.split("=")[1]) >= 0 for part in line.split(","))
    wire.ok("CONFIG", "SET", "latency-tracking-info-percentiles", "0 90")
    line = sections(wire, "latencystats")["Latencystats"]["latency_percentiles_usec_get"]
    assert [part.split("=")[0] for part in line.split(",")] == ["p0", "p90"]
    wire.ok("CONFIG", "SET", "latency-tracking", "no")
    assert sections(wire, "latencystats") in ({}, {"Latencystats": {}})


@pytest.mark.goal("used_memory grows with the data, shrinks with its deletion, and its peak stays")
def test_memory(wire, connect, r):
    before = r.info("memory")["used_memory"]
    writer = connect()
    writer.ok("SET", "big", "x" * 5_000_000)
    writer.close()  # its buffers count too, and may stay large for a while
    during = r.info("memory")
    assert during["used_memory"] - before >= 5_000_000
    wire("DEL", "big")
    wait_until(lambda: r.info("memory")["used_memory"] < before + 1_000_000, 5, "used_memory to shrink")
    assert r.info("memory")["used_memory_peak"] >= during["used_memory"] - 1_000_000
