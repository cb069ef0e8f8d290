"""Mutants: bugs that a learner could have written. The suites must find every one of them.

    NN/*.patch   the mutants of stage NN
    patches      what a patch file says; applying it
    workplace    a copy of the project that takes one mutant after the other and builds it
    trial        does the suite catch a mutant, and by which test?
    team         several workplaces at work at the same time
    table        the verdicts for people

Run by ./strata mutants. README.md says how a mutant is written.
"""
