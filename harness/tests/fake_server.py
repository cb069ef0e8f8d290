"""A server that speaks just enough RESP for the harness's own tests, and misbehaves on request.

    fake_server.py --port N --dir D [--mode MODE] ...      other options are ignored

MODE: ok; mute (accepts, never answers); deaf (ignores SIGTERM); early (ends at once with code 3); sanitizer (prints
what AddressSanitizer would). Commands: PING, ECHO x, DIE, HANG; everything else answers +OK.
"""

import os
import signal
import socket
import sys
import threading
import time


def option(name, default=""):
    return sys.argv[sys.argv.index("--" + name) + 1] if "--" + name in sys.argv else default


def arguments(stream):
    count = int(stream.readline()[1:])
    words = []
    for _ in range(count):
        size = int(stream.readline()[1:])
        words.append(stream.read(size + 2)[:-2])
    return words


def serve(connection, mode):
    stream = connection.makefile("rb")
    try:
        while True:
            words = arguments(stream)
            name = words[0].upper()
            if name == b"DIE":
                os.abort()
            if mode == "mute" or name == b"HANG":
                threading.Event().wait()
            if name == b"ECHO":
                connection.sendall(b"$%d\r\n%b\r\n" % (len(words[1]), words[1]))
            else:
                connection.sendall(b"+PONG\r\n" if name == b"PING" else b"+OK\r\n")
    except (ValueError, OSError):
        connection.close()


def main():
    mode = option("mode", "ok")
    os.chdir(option("dir", "."))
    if mode == "early":
        print("fatal: asked to end early", flush=True)
        sys.exit(3)
    if mode == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "sanitizer":
        print("==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1", flush=True)
    listener = socket.create_server(("127.0.0.1", int(option("port"))))
    print("Ready to accept connections", time.monotonic(), flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, mode), daemon=True).start()


main()
