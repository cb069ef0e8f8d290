"""The grader: runs a stage's suite against a server, scores it by stage.toml, and explains what failed.

    stage_config   stage.toml: tasks, points, hints, and which test belongs to which task
    pytest_plugin  inside pytest: writes what happens to a file, event by event (the one module here that needs pytest)
    events         reads that file, however its writer ended
    run            pytest as a child process: watchdog, restart after a crash, nothing left behind
    score          results to points
    reports/       a scored run as terminal text, JSON, JUnit, Markdown, Gradescope
    submissions    many submissions: build, grade, CSV
    sandbox        limits and isolation for code that nobody has read (jail: in the program's own process; guards: from outside)

Standard library only, like all of ./strata; the suites themselves need pytest and redis-py.
"""
