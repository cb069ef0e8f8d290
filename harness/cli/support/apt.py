"""Installs missing packages through apt-get, without questions and without starting any service."""
import os
import shutil
import subprocess
from pathlib import Path

from harness.cli.support import packages
from harness.cli.support.steps import Stop, heading, say

# Debian's maintainer scripts ask this program before they start a service; 101 means no. It is there only while
# a server of Redis is being installed: our server, not Debian's, is to listen on port 6379.
_POLICY = Path("/usr/sbin/policy-rc.d")
_POLICY_TEXT = "#!/bin/sh\n# Placed by ./strata while it installs packages; safe to delete.\nexit 101\n"


def command_for(wanted: list) -> str:
    """The line a person would type to get these packages."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y --no-install-recommends {' '.join(package.name for package in wanted)}"


def install_missing(*groups: str) -> None:
    """Makes every package of these groups present, or raises Stop saying what to do by hand."""
    wanted = packages.missing(*groups)
    if not wanted:
        return
    heading(f"installing {', '.join(package.name for package in wanted)}")
    as_root = _as_root(wanted)
    services = [package.name for package in wanted if package.name in ("redis-server", "redis-sentinel")]
    places_policy = bool(services) and _policy_is_ours_to_place()
    try:
        if places_policy:
            subprocess.run([*as_root, "tee", _POLICY], input=_POLICY_TEXT, text=True, stdout=subprocess.DEVNULL)
            subprocess.run([*as_root, "chmod", "755", _POLICY])
        _apt_get(as_root, "update")  # a stale list is no reason to stop: the install below is what counts
        code = _apt_get(as_root, "install", "--no-install-recommends", *(package.name for package in wanted))
    finally:
        if places_policy:
            subprocess.run([*as_root, "rm", "-f", _POLICY])
    if code != 0:
        raise Stop(f"apt-get failed; try it by hand: {command_for(wanted)}")
    if services and shutil.which("systemctl"):  # which works in an image that has not been booted, too
        subprocess.run([*as_root, "systemctl", "disable", "--quiet", *services])  # nor after the next boot


def _as_root(wanted: list) -> list:
    if not shutil.which("apt-get"):
        names = ", ".join(package.name for package in wanted)
        raise Stop(f"this system has no apt-get; install what these Debian packages hold, then try again: {names}")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    raise Stop(f"packages are missing and there is no sudo; run as root: {command_for(wanted)}")


def _policy_is_ours_to_place() -> bool:
    try:
        return _POLICY.read_text() == _POLICY_TEXT  # left behind by a run that was killed
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _apt_get(as_root: list, action: str, *arguments: str) -> int:
    quiet = ["DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
    options = ["-y", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    command = [*as_root, "env", *quiet, "apt-get", *options, action, *arguments]
    say(f"$ apt-get {action} {' '.join(arguments)}")
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode
