"""Answers only the first command of what one read brought."""

import mini


class Connection(mini.Connection):
    def send(self, replies):
        super().send(replies[:1])


mini.run(Connection)
