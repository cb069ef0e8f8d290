"""Closes the connection instead of answering GET."""

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        raise ConnectionError


mini.run(Connection)
