"""Where things are in the repository, and which stages it holds."""
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUITES = ROOT / "harness" / "suites"
EXAMPLES = ROOT / "harness" / "examples"
HARNESS_TESTS = ROOT / "harness" / "tests"


@dataclass(frozen=True)
class Stage:
    number: int
    folder: Path

    @property
    def target(self) -> str:
        return f"strata-stage{self.number}"

    @property
    def suite(self) -> Path:
        return SUITES / f"stage{self.number:02}"


def build_folder(preset: str) -> Path:
    return ROOT / "build" / preset


def stages() -> list:
    """Every stage that can run, oldest first: a folder stages/NN_name with a main.cpp."""
    found = []
    for folder in sorted((ROOT / "stages").glob("[0-9][0-9]_*")):
        if (folder / "main.cpp").is_file():
            found.append(Stage(int(re.match(r"\d+", folder.name).group()), folder))
    return found


def shown(path: Path) -> str:
    """A path as a person in the repository's root would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
