"""Which stages' course kits are still drafts: their starters and mutants were not all proved yet, so that
`./strata test` leaves both out. Name the stage to check it all the same: `python3 -m harness.starter.check 7`,
`./strata mutants 7`."""

DRAFTS = frozenset({8})
