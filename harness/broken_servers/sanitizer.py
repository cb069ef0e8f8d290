"""Ends at GET with what AddressSanitizer prints on a use after free."""

import os

import mini

REPORT = """=================================================================
==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55d0 bp 0x7ffc sp 0x7ffb
READ of size 1 at 0x602000000010 thread T0
    #0 0x55d0 in Table::find table.cpp:42"""


class Connection(mini.Connection):
    def do_get(self, key):
        print(REPORT, flush=True)
        os._exit(1)


mini.run(Connection)
