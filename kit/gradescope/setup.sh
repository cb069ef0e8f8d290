#!/bin/sh
# Gradescope runs this once, as root, when the autograder's image is made: compilers and libraries for the submissions, Python
# packages for the suite. Needs the base image Ubuntu 24.04.
set -eu
cd "${AUTOGRADER_ROOT:-/autograder}/source"
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed: choose the base image Ubuntu 24.04" >&2
  exit 1
}
python3 -c 'from harness.cli.support import apt, packages; apt.install_missing(packages.BUILD, packages.TEST)'
