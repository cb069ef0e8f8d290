"""A holder of the lock, in a process of its own: pays into an account in SQLite while it holds the lock.

    python3 teller.py PORT DATABASE AMOUNT plain|fenced TERM_MS [pause]

    take the lock -> read the balance -> is the lock mine? -> [stopped here, by SIGSTOP] -> write the new balance

With `fenced` the database knows the number of the last holder that wrote, and refuses one with a smaller number. The exit
code is 0 when the balance was written, 3 when the database refused it.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from strata_harness.locks import release, take_fenced  # noqa: E402  (found through the line above)
from strata_harness.wait import wait_until  # noqa: E402
from strata_harness.wire import Wire  # noqa: E402

PLAIN = "UPDATE account SET balance = :balance"
FENCED = "UPDATE account SET balance = :balance, fence = :fence WHERE fence <= :fence"
REFUSED = 3


def main(port, database, amount, how, term_ms, *pause):
    token = f"teller {os.getpid()}"
    bank = sqlite3.connect(database, isolation_level=None, timeout=10)
    with Wire(("127.0.0.1", int(port)), name=token) as wire:
        fence = wait_until(lambda: take_fenced(wire, token, int(term_ms)), 10, "the lock")
        [balance] = bank.execute("SELECT balance FROM account").fetchone()
        assert wire("GET", "lock") == token.encode(), "it has just been taken"
        if pause:
            os.kill(os.getpid(), signal.SIGSTOP)  # a garbage collector, a scheduler, a laptop that is shut
        written = bank.execute(FENCED if how == "fenced" else PLAIN, {"balance": balance + int(amount), "fence": fence})
        release(wire, token)
        return 0 if written.rowcount == 1 else REFUSED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
