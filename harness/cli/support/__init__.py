"""What several commands of ./strata share. Standard library only."""
