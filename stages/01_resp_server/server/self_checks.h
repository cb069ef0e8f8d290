// --test-memory and --check-system, and the warnings about the system that the start prints.
#pragma once

#include <cstddef>
#include <string>

namespace strata::resp {

// Writes and reads patterns over this much memory. 0: fine, 1: memory is bad or not to be had.
int test_memory(size_t megabytes);

// One line per check on standard output. 0: all fine, 1: a warning.
int check_system();

// Empty when the kernel hands out more memory than it has, as forked snapshots need it.
std::string overcommit_warning();

}  // namespace strata::resp
