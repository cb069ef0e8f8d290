"""A server that knows few commands and writes down every request: to see what a suite asks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "broken_servers"))

import mini  # noqa: E402

HEARD = mini.option("heard")


class Connection(mini.Connection):
    def execute(self, name, arguments):
        with open(HEARD, "a") as heard:
            heard.write(f"{name!r} {arguments!r}\n")
        return super().execute(name, arguments)


mini.run(Connection)
