"""Forgets the line end behind the bytes of a bulk string."""

import mini


class Connection(mini.Connection):
    @staticmethod
    def bulk(value):
        return mini.bulk(value).removesuffix(b"\r\n") if value is not None else mini.bulk(None)


mini.run(Connection)
