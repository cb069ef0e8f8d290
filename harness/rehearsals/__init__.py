"""What the README and the guides promise, done from beginning to end; README.md lists the rehearsals."""
