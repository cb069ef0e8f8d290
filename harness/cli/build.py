"""Build with a preset: everything, or the targets named.

  ./strata build                          release, everything
  ./strata build --preset asan strata-server
"""
from harness.cli.support import apt, builder, packages


def add_arguments(parser) -> None:
    parser.add_argument("--preset", choices=builder.PRESETS, default="release")
    parser.add_argument("targets", nargs="*", metavar="target")


def run(args) -> int:
    apt.install_missing(packages.BUILD)
    builder.build(args.preset, *args.targets)
    return 0
