"""Sends the replies of a pipeline last first."""

import mini


class Connection(mini.Connection):
    def send(self, replies):
        super().send(reversed(replies))


mini.run(Connection)
