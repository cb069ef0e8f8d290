// Is this process to be a sentinel?
#pragma once

namespace strata::sentinel {

// True when the program's own name says so (redis-sentinel, strata-sentinel) or one of its arguments is --sentinel.
bool is_wanted(int argc, char** argv);

// The life of a process that is a sentinel; returns its exit code.
int run(int argc, char** argv);

}  // namespace strata::sentinel
