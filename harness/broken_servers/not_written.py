"""A starter whose task 1.1 is still to be done."""

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        return mini.error(b"ERR TODO 1.1 Look up a key.")


mini.run(Connection)
