"""A small correct server, which each of its neighbours spoils in one way: the grader's own test subjects.

    python3 harness/broken_servers/wrong_type.py --port 7000       other options are taken and ignored

A neighbour derives from Connection and overrides where its mistake lies:

    bytes in -> commands() -> execute(name, arguments) -> encoded reply -> send(replies of everything that was read)
"""

import os
import signal
import socket
import sys
import threading

DATA = {}


def simple(text):
    return b"+%b\r\n" % text


def error(text):
    return b"-%b\r\n" % text


def integer(number):
    return b":%d\r\n" % number


def bulk(value):
    return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


class Quit(Exception):
    """The client wants to go."""


class Connection:
    """One client, served by a thread of its own."""

    def __init__(self, sock):
        self.socket = sock
        self.unread = b""

    # Encoders that a broken server replaces.
    simple = staticmethod(simple)
    bulk = staticmethod(bulk)

    def serve(self):
        try:
            while data := self.socket.recv(65536):
                self.unread += data
                replies = []
                try:
                    for command in self.commands():
                        replies.append(self.execute(command[0].upper(), command[1:]))
                except Quit:
                    self.send([*replies, simple(b"OK")])
                    break
                self.send(replies)
        except OSError:
            pass
        self.socket.close()

    def send(self, replies):
        self.socket.sendall(b"".join(replies))

    def commands(self):
        """Takes every complete command off what was read."""
        while command := self.next_command():
            yield command

    def next_command(self):
        line, end, rest = self.unread.partition(b"\n")
        if not end:
            return None
        if not line.startswith(b"*"):
            self.unread = rest
            return line.split()
        words = []
        for _ in range(int(line[1:])):
            size, end, rest = rest.partition(b"\r\n")
            length = int(size[1:]) if end else 0
            if not end or len(rest) < length + 2:
                return None
            words.append(rest[:length])
            rest = rest[length + 2:]
        self.unread = rest
        return words

    def execute(self, name, arguments):
        handler = getattr(self, "do_" + name.decode().lower(), None)
        if handler is None:
            shown = b"".join(b"'%b' " % argument for argument in arguments)
            return error(b"ERR unknown command '%b', with args beginning with: %b" % (name, shown))
        try:
            return handler(*arguments)
        except TypeError:
            return error(b"ERR wrong number of arguments for '%b' command" % name.lower())

    def do_ping(self, message=None):
        return simple(b"PONG") if message is None else self.bulk(message)

    def do_echo(self, message):
        return self.bulk(message)

    def do_set(self, key, value):
        DATA[key] = value
        return self.simple(b"OK")

    def do_get(self, key):
        return self.bulk(DATA.get(key))

    def do_del(self, *keys):
        return integer(sum(DATA.pop(key, None) is not None for key in keys))

    def do_exists(self, key):
        return integer(key in DATA)

    def do_incr(self, key):
        try:
            DATA[key] = b"%d" % (int(DATA.get(key, b"0")) + 1)
        except ValueError:
            return error(b"ERR value is not an integer or out of range")
        return integer(int(DATA[key]))

    def do_quit(self):
        raise Quit

    def do_flushall(self):
        DATA.clear()
        return simple(b"OK")

    # What the harness uses to make a shared server as good as new.

    def do_config(self, *_):
        return b"*0\r\n" if _[0].upper() == b"GET" else simple(b"OK")

    def do_client(self, *_):
        return simple(b"OK")

    do_slowlog = do_latency = do_client


def option(name, default=""):
    return sys.argv[sys.argv.index("--" + name) + 1] if "--" + name in sys.argv else default


def run(connection_class=Connection):
    """Serves until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listener = socket.create_server(("127.0.0.1", int(option("port"))))
    print("Ready to accept connections", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=connection_class(client).serve, daemon=True).start()


if __name__ == "__main__":
    run()
