"""The commands of ./strata, one file each. Standard library only."""
