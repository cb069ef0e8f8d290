"""Random commands to two servers at once, replies compared byte by byte.  See README.md for the map."""
