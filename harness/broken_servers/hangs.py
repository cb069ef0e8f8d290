"""Never comes back from GET."""

import threading

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        threading.Event().wait()


mini.run(Connection)
