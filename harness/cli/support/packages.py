"""The Debian packages Strata needs (the same names on Debian 12 and Ubuntu 24.04), and whether each is there."""
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.cli.support import interpreter

BUILD, TEST, BENCH, CLIENTS, DOCS, REHEARSE, DEVELOP = "build", "test", "bench", "clients", "docs", "rehearse", "develop"


@dataclass(frozen=True)
class Package:
    name: str
    group: str
    purpose: str
    tools: tuple = ()  # any of these on PATH will do, wherever it comes from
    module: str = ""  # a Python module; another interpreter may already have it
    files: str = ""  # a pattern below /usr, for what comes under several package names


_FUZZER_RUNTIME = "lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a"

PACKAGES = [
    Package("g++", BUILD, "C++20 compiler", tools=("c++", "g++")),
    Package("cmake", BUILD, "build system, 3.25 or newer", tools=("cmake",)),
    Package("ninja-build", BUILD, "runs the build", tools=("ninja",)),
    Package("ccache", BUILD, "makes rebuilds fast", tools=("ccache",)),
    Package("pkg-config", BUILD, "finds libraries", tools=("pkg-config",)),
    Package("libfmt-dev", BUILD, "formatting"),
    Package("libjemalloc-dev", BUILD, "allocator"),
    Package("libxxhash-dev", BUILD, "hashing"),
    Package("libcxxopts-dev", BUILD, "command line"),
    Package("liblzf-dev", BUILD, "compression of strings in RDB files"),
    Package("libmd-dev", BUILD, "SHA-256 of passwords; SHA-1, of which the fingerprint of the data is made"),
    Package("liblua5.1-0-dev", BUILD, "the interpreter of scripts"),
    Package("lua-cjson-dev", BUILD, "JSON for scripts"),
    Package("lua-bitop-dev", BUILD, "bit operations for scripts"),
    Package("redis-tools", BUILD, "redis-cli, to talk to the server; redis-benchmark", tools=("redis-cli",)),
    Package("libgtest-dev", TEST, "unit tests"),
    Package("redis-server", TEST, "the reference that calibrates the suites", tools=("redis-server",)),
    Package("strace", TEST, "the order of writes, syncs and replies; faults in system calls", tools=("strace",)),
    Package("libhiredis-dev", TEST, "a real client library to test with"),
    Package("python3-pytest", TEST, "black-box suites", module="pytest"),
    Package("python3-pytest-xdist", TEST, "suites in parallel", module="xdist"),
    Package("python3-redis", TEST, "a real client library to test with", module="redis"),
    Package("python3-rich", TEST, "readable failure reports", module="rich"),
    Package("libbenchmark-dev", TEST, "micro benches, which must keep compiling"),
    Package("python3-matplotlib", BENCH, "figures", module="matplotlib"),
    Package("nodejs", CLIENTS, "client libraries of JavaScript: ./strata clients", tools=("node",)),
    Package("npm", CLIENTS, "installs those", tools=("npm",)),
    Package("mkdocs", DOCS, "builds the handbook: ./strata docs", tools=("mkdocs",)),
    Package("mkdocs-material", DOCS, "its theme"),
    Package("chromium", DOCS, "looks at its pages", tools=("chromium", "chromium-browser", "google-chrome")),
    Package("fonts-wqy-microhei", DOCS, "Chinese characters, for the same"),
    Package("debootstrap", REHEARSE, "a fresh Debian to rehearse in: ./strata rehearse fresh_machine", tools=("debootstrap",)),
    Package("redis-sentinel", REHEARSE, "what is upgraded: ./strata rehearse operator", tools=("redis-sentinel",)),
    Package("iproute2", REHEARSE, "joins its machines", tools=("ip",)),
    Package("openssl", REHEARSE, "makes its password", tools=("openssl",)),
    Package("systemd", REHEARSE, "systemd-analyze, which looks at the units", tools=("systemd-analyze",)),
    Package("clang", DEVELOP, "fuzz targets", tools=("clang++",)),
    Package("libclang-rt-dev", DEVELOP, "fuzz targets", files=_FUZZER_RUNTIME),
    Package("clang-format", DEVELOP, "./strata fmt", tools=("clang-format-14", "clang-format")),
    Package("clang-tidy", DEVELOP, "static checks", tools=("clang-tidy",)),
]


def is_there(package: Package) -> bool:
    if any(shutil.which(tool) for tool in package.tools) or _installed(package.name):
        return True
    if package.files and any(Path("/usr").glob(package.files)):
        return True
    return bool(package.module) and interpreter.find((package.module,)) is not None


def missing(*groups: str) -> list:
    return [package for package in PACKAGES if package.group in groups and not is_there(package)]


def _installed(name: str) -> bool:
    if not shutil.which("dpkg-query"):
        return False
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
    answer = subprocess.run(query, capture_output=True, text=True)
    return answer.returncode == 0 and answer.stdout == "installed"
