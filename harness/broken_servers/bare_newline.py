"""Ends the line of a simple string with a line feed alone."""

import mini


class Connection(mini.Connection):
    @staticmethod
    def simple(text):
        return b"+%b\n" % text


mini.run(Connection)
