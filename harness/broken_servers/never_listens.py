"""Runs, says so, and never opens its port."""

import threading

print("Thinking about it", flush=True)
threading.Event().wait()
