"""The files an operator copies say what the programs understand."""

import configparser
import re
import shlex
import subprocess

import pytest

from backup_place import BACKUP

CRON = (BACKUP / "cron" / "strata-backup.cron").read_text()
SETTINGS = BACKUP / "strata-backup.env.example"


def variables_of(place, *words) -> set:
    return set(re.findall(r"\$(STRATA_BACKUP_\w+|REDISCLI_AUTH)", place.call(*words, "--help").stdout))


def test_every_setting_of_the_example_is_known(place):
    known = variables_of(place, "strata-backup", "run") | variables_of(place, "restore-drill")
    named = set(re.findall(r"^#?([A-Z_]+)=", SETTINGS.read_text(), re.MULTILINE))
    assert named and named <= known


def test_the_example_is_the_same_to_a_shell(place):
    """With every line switched on."""
    lines = [line.lstrip("#") for line in SETTINGS.read_text().splitlines() if re.match(r"#?[A-Z_]+=", line)]
    path = place.root / "env"
    path.write_text("\n".join(lines))
    shown = subprocess.run(["sh", "-ec", f"set -a; . {path}; env"], capture_output=True, text=True, check=True).stdout
    for name, value in dict(line.split("=", 1) for line in lines).items():
        assert f"{name}={value.strip(chr(34))}\n" in shown


def cron_jobs() -> list:
    lines = [line for line in CRON.splitlines() if line and not line.startswith("#") and "=" not in line.split()[0]]
    return [line.split(None, 6) for line in lines]


@pytest.mark.parametrize("job", cron_jobs(), ids=lambda job: job[6].split(";")[-1].strip())
def test_jobs_of_cron_run(place, job):
    """As cron would: five fields of time, a user, a command for sh, with the settings in a file of ours."""
    assert all(re.fullmatch(r"\*|\d+", field) for field in job[:5]) and "%" not in job[6]
    place.run()
    settings = place.root / "env"
    settings.write_text(f"STRATA_BACKUP_TO={place.copies}\nSTRATA_BACKUP_DIR={place.data}\n"
                        "STRATA_BACKUP_CHECK_TOOL=redis-check-rdb\nSTRATA_BACKUP_SERVER_BINARY=redis-server\n")
    command = job[6].replace("/etc/strata-backup.env", shlex.quote(str(settings)))
    assert str(settings) in command
    path = f"{BACKUP}:/usr/local/bin:/usr/bin:/bin"
    answer = subprocess.run(["/bin/sh", "-c", command], env={"PATH": path}, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "" or "drill passed" in answer.stdout, "success is silent, but for the drill"


def test_units_name_what_is_there():
    units = {}
    for name in ("service", "timer"):
        units[name] = configparser.ConfigParser(strict=False, interpolation=None)
        units[name].optionxform = str
        units[name].read_string((BACKUP / "systemd" / f"strata-backup.{name}").read_text())
    service = units["service"]["Service"]
    assert service["ExecStart"].split() == ["/usr/local/bin/strata-backup", "run"] and service["Type"] == "oneshot"
    assert f"STRATA_BACKUP_TO={service['ReadWritePaths']}\n" in SETTINGS.read_text()
    assert service["EnvironmentFile"] in CRON
    assert units["timer"]["Timer"]["OnCalendar"] == "hourly"
    assert units["timer"]["Install"]["WantedBy"] == "timers.target"


def test_the_set_up_of_the_readme(place):
    """As the README sets them up, with every path moved below a folder of ours and without other users."""
    block = re.search(r"```sh\n(.*?)```", (BACKUP / "README.md").read_text(), re.DOTALL).group(1)
    for path in ("/usr/local", "/etc/", "/var/backups"):
        assert path in block
        block = block.replace(path, f"{place.root}{path}")
        (place.root / path.strip("/")).mkdir(parents=True)
    for folder in ("usr/local/lib", "usr/local/bin"):
        (place.root / folder).mkdir()
    subprocess.run(["sh", "-ec", re.sub(r"-[og] \w+", "", block)], cwd=BACKUP, check=True)
    assert (place.root / "etc" / "strata-backup.env").read_bytes() == SETTINGS.read_bytes()
    installed = place.root / "usr" / "local" / "bin"
    run = [installed / "strata-backup", "run", "--dir", place.data, "--to", place.root / "var" / "backups" / "strata"]
    subprocess.run(run, env=place.environment, check=True)
    subprocess.run([installed / "restore-drill", *run[4:]], env=place.environment, check=True)
