"""Run every fast check: unit tests, suites on our servers and on redis-server, the harness's own tests.

Installs missing packages and builds first. Each step runs even if one before it failed; the exit code is 0 only if
all passed, and the summary names the tests that did not. A few failures of a suite are repeated by themselves; those that
pass then make it `unstable`, which is no failure and no praise. Steps: unit, suites, calibration, examples, differential,
harness, stages, starters, mutants.
"""
import os

from harness.cli.support import apt, builder, failures, interpreter, packages, repo
from harness.cli.support.steps import Steps, heading

STEPS = ("unit", "suites", "calibration", "examples", "differential", "harness", "stages", "starters", "mutants")
DIFFERENTIAL_COMMANDS = 30000  # a sample, the same for everybody; a run of other seeds is a command of its own
AT_ONCE = str(2 * int(builder.jobs()))  # tests wait more than they work: for timeouts, elections, other processes
MUTANTS = 3  # of each stage, others for every commit; `./strata mutants` runs them all


def add_arguments(parser) -> None:
    parser.add_argument("--preset", choices=("release", "debug", "asan", "tsan"), default="release")
    parser.add_argument("--only", choices=STEPS, action="append", help="run this step alone (repeatable)")


def run(args) -> int:
    wanted = args.only or STEPS
    if args.preset in ("asan", "tsan"):
        os.environ.setdefault("TIMEOUT_SCALE", "5")  # instrumented servers are slower; the limits are not the test
    apt.install_missing(packages.BUILD, packages.TEST)
    python = interpreter.find_or_make()
    heading(f"checking with {python}, preset {args.preset}")

    steps = Steps()
    built = steps.call(f"build ({args.preset})", lambda: builder.build(args.preset))
    if "unit" in wanted:
        _unit_tests(steps, args.preset, built)
    if "suites" in wanted:
        _suites_on_our_servers(steps, args.preset, built, python)
    if "calibration" in wanted:
        _pytest(steps, "suites on redis-server (calibration)", repo.SUITES, python, "--server", "redis-server")
    if "examples" in wanted:
        _examples(steps, args.preset, built, python)
    if "differential" in wanted:
        _differential(steps, args.preset, built, python)
    if "harness" in wanted:
        os.environ["STRATA_TOOLS"] = str(repo.build_folder(args.preset))  # their tests take them from there
        _pytest(steps, "tests of the harness itself, and of the tools", repo.HARNESS_TESTS, python)
        for tool in ("differential", "stress"):
            _pytest(steps, f"tests of the {tool} runs", repo.ROOT / "harness" / tool / "tests", python)
    if "stages" in wanted:
        command = [python, "strata", "check-stages"]
        _if_there(steps, "each stage only adds (check-stages)", "harness/cli/check_stages.py", command)
    if "starters" in wanted:
        _if_there(steps, "starters", "harness/starter/check.py", [python, "-m", "harness.starter.check"])
    if "mutants" in wanted:
        command = [python, "strata", "mutants", "--sample", str(MUTANTS)]
        _if_there(steps, f"{MUTANTS} mutants of each stage", "harness/cli/mutants.py", command)
    return steps.summary()


def _unit_tests(steps: Steps, preset: str, built: bool) -> None:
    title = "unit tests"
    if not built:
        steps.skip(title, "the build failed")
    elif not any(repo.ROOT.glob("common/tests/*_test.cpp")) and not any(repo.ROOT.glob("stages/*/tests/*_test.cpp")):
        steps.skip(title, "there are none yet")
    else:
        command = ["ctest", "--preset", preset, "-j", builder.jobs(), "--progress"]
        steps.command(title, command, failures=failures.of_ctest)


def _suites_on_our_servers(steps: Steps, preset: str, built: bool, python: str) -> None:
    """The newest server must pass every suite; each older one its own stage's, which newer stages may not break."""
    stages = repo.stages()
    if not built or not stages:
        steps.skip("suites on our servers", "the build failed" if not built else "no stage can run yet")
        return
    newest = stages[-1]
    for stage in reversed(stages):
        server = repo.build_folder(preset) / stage.target
        folder = repo.SUITES if stage is newest else stage.suite
        what = "every suite" if stage is newest else f"suite {stage.suite.name}"
        _pytest(steps, f"{what} on {stage.target}", folder, python, "--server", repo.shown(server))


def _examples(steps: Steps, preset: str, built: bool, python: str) -> None:
    """What people build on a server: on our newest one, and on redis-server."""
    if not any(repo.EXAMPLES.glob("*/test_*.py")):
        steps.skip("examples", "those of later stages are not there")
        return
    stages = repo.stages()
    if built and stages:
        server = repo.build_folder(preset) / stages[-1].target
        _pytest(steps, f"examples on {stages[-1].target}", repo.EXAMPLES, python, "--server", repo.shown(server))
    _pytest(steps, "examples on redis-server", repo.EXAMPLES, python, "--server", "redis-server")


def _differential(steps: Steps, preset: str, built: bool, python: str) -> None:
    """Random commands to redis-server and to our newest server; their replies must be the same."""
    title = "differential run against redis-server"
    stages = repo.stages()
    if not built or not stages:
        steps.skip(title, "the build failed" if not built else "no stage can run yet")
        return
    server = repo.build_folder(preset) / stages[-1].target  # absolute: servers start in folders of their own
    run = [python, "-m", "harness.differential", "--b", str(server), "--commands", str(DIFFERENTIAL_COMMANDS), "--seed", "1"]
    steps.command(title, run)


def _if_there(steps: Steps, title: str, tool: str, command: list) -> None:
    """A learner's project does not hold the tools that make it."""
    if (repo.ROOT / tool).is_file():
        steps.command(title, command, failures=failures.of_steps)
    else:
        steps.skip(title, f"{tool} is not there")


def _pytest(steps: Steps, title: str, folder, python: str, *arguments: str) -> None:
    if not folder.is_dir():
        steps.skip(title, f"{repo.shown(folder)} is not there")
        return
    command = [python, "-m", "pytest", repo.shown(folder), "-n", AT_ONCE, *arguments]
    alone = [python, "-m", "pytest", *arguments]
    steps.command(title, command, {"COLUMNS": "200"}, failures.of_pytest,  # wide enough for why each test failed
                  again=lambda named: alone[:3] + failures.node_ids(named) + alone[3:])
