"""Backups of RDB snapshots: what `strata-backup` and `restore-drill` are made of. Python 3.9, standard library only.

    failure    what ends a command with a sentence for the operator       moment     points and spans of time, in UTC
    files      files that are whole or not there                          retention  which copies have had their time
    store      a folder of copies with their sidecars                     check      asks the check tool about a dump
    server     asks a running server to save                              take       one backup from start to end
    restore    the newest good copy comes back                            drill      ... into a throw-away server
    options    what both command lines share                              cli        the commands of strata-backup
"""
