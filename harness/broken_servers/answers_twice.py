"""Sends the reply to GET twice, which shifts all that follow."""

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        return super().do_get(key) * 2


mini.run(Connection)
