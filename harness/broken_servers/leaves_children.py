"""Correct, but a daemon of it outlives it: in a session of its own, in another folder, deaf to SIGTERM."""

import os
import signal
import time

import mini

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(f"daemon {os.getpid()}", flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
if mark := os.environ.get("LEFT_BEHIND"):
    with open(mark, "a") as file:
        file.write(mini.option("dir") + "\n")
mini.run()
