"""Starters: the reference with the bodies of one stage's tasks taken out, for a learner to write.

Layers, lowest first; a module imports only from those above it. Standard library only.

    cpp       where a C++ function's body begins and ends
    stub      `// [task N.M]` markers, and what a body is replaced by
    project   which files make a starter of stage N; writes them
    solution  the text that must not be in a starter, and the search for it
    scratch   builds a project in a folder that is kept
    graded    what ./strata grade says of a server
    check     builds, grades and searches the starter of every stage
    prefix    doing the tasks in order earns exactly their points
"""
