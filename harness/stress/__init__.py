"""Stress runs: many clients, big values, slow readers, hostile bytes.  See README.md for the map."""
