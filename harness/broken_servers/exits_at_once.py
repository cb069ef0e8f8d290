"""Ends before it serves anything, with a reason in its log."""

import sys

print("Fatal: cannot read the table of commands", flush=True)
sys.exit(3)
