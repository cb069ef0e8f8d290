"""What keeps docs/ true: excerpts of the sources, links, tasks."""
