"""Answers bulk strings as simple strings: the right text behind the wrong type byte."""

import mini


class Connection(mini.Connection):
    @staticmethod
    def bulk(value):
        return mini.bulk(None) if value is None else mini.simple(value)


mini.run(Connection)
