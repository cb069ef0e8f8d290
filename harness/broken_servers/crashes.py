"""Dies of a bad memory access when it is asked to GET."""

import os
import signal

import mini


class Connection(mini.Connection):
    def do_get(self, key):
        print("about to follow a null pointer", flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)


mini.run(Connection)
