"""A hint for a task: level 1 gives a direction, 2 the idea, 3 nearly the steps.

  ./strata hint 1.6              level 1
  ./strata hint 1.6 --level 3
"""
from harness.cli.support import repo
from harness.cli.support.steps import Stop, say
from harness.grader import stage_config


def add_arguments(parser) -> None:
    parser.add_argument("task", help="the task's id, such as 1.6")
    parser.add_argument("--level", type=int, choices=range(1, stage_config.HINT_LEVELS + 1), default=1)


def run(args) -> int:
    try:
        stage, task = stage_config.find_task(args.task)
    except stage_config.StageConfigError as error:
        raise Stop(str(error)) from None
    say(f"Task {task.id}: {task.title}  ({repo.shown(stage.folder / task.file)})")
    say(f"\nHint {args.level} of {stage_config.HINT_LEVELS}:")
    say(task.hint(args.level))
    if args.level < stage_config.HINT_LEVELS:
        say(f"\nmore: ./strata hint {task.id} --level {args.level + 1}")
    return 0
