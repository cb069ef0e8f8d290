"""Talk to any server that takes Redis's command line, and explain what it did wrong.

Layers, lowest first; a module imports only from those above it:

    timing    TIMEOUT_SCALE, the one factor on every time limit
    wait      wait_until: conditions instead of sleeps
    ports     free ports that no two workers or runs share
    resp      RESP2 and RESP3 values, encoder and decoder (no sockets)
    wire      a raw connection with a transcript of its bytes
    server    one server process in its own directory and process group
    pyclient  redis-py, recorded into the same transcripts
    disk      a disk without room
    syscalls  what a server asks of the kernel, and when; faults put into it
    lost_power  what a power loss leaves of its files, from that record
    packed    listpacks, ziplists, intsets, zipmaps as bytes
    rdb_codes lengths, strings, LZF and checksum of RDB files
    rdb_file  RDB files and DUMP payloads: a builder, and a strict reader
    hashes, lists, sorted_sets  collections in each of their encodings
    blocking  clients that wait for a key
    snapshots the child, progress and file of a snapshot
    aof_files logs of commands and their manifest: builders, and strict readers
    aof_server what a server appended; rewrites; servers that start from given logs
    hybrid    bases that are images; logs that travel to another server
    sample    keys of every type
    replicas  who follows whom, and whether both hold the same
    fake_replica  a replica of bytes: what a master sends
    fake_master   a master of bytes: what a replica says
    fault_proxy   a TCP proxy between two servers: cuts, delays, throttles, holds
    random_writes every write command, at random
    numbered_writes  writes whose number tells after a crash how many of them are held
    log_crash kill -9 while a log is written, rewritten, switched, loaded
    sentinels a sentinel's process, its config file, its view and its events
    sentinel_fakes  stand-ins that a sentinel takes for a redis server or for another sentinel
    quorum    a master, replicas and sentinels of any make, that a network may part
    context   what one test used, so that a failure can show it
    report    the sections a failed test shows
    sentinel_fixtures  sentinels, stand-ins and groups as fixtures
    fixtures  server, fresh_server, reference, r, wire, wire3, rng
    cluster   nodes of a cluster: keys of a slot, CLUSTER NODES, written nodes.conf files
    cluster_bus  the packets between the nodes of a cluster
    cluster_stand_in  a node of a cluster that is no server, but says what a test wants
    cluster_nodes  clusters of live nodes, of one server or mixed
    migrate_target  a server that MIGRATE talks to
    cluster_writers  clients that count, while a cluster changes
    cluster_partition  a network between the nodes that can be cut
    plugin    pytest options, markers, time limits, hooks
"""
