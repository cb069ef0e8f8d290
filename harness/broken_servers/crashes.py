"""Follows a null pointer when it is asked to GET."""

import ctypes

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        print("about to follow a null pointer", flush=True)
        ctypes.string_at(0)


mini.run(Connection)
