"""Answers GET with a line that never ends."""

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        self.socket.sendall(b"+")
        while True:
            self.socket.sendall(b"a" * (1 << 20))


mini.run(Connection)
