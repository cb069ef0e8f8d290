// The process as the operating system sees it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace strata {

// Resident set size in bytes; 0 if /proc is not there. No allocation.
size_t resident_bytes();
// Bytes of memory that were written to and that no other process shares; 0 if the kernel does not tell. In a forked child
// that is what was copied since, by either side. Takes the kernel some milliseconds per GB.
size_t private_dirty_bytes();
// "Linux 6.1.0-18-amd64 x86_64", as INFO shows it.
std::string os_name();

// What ps and top show. The title takes the place of the command line, whose memory the kernel hands to ps:
// the arguments and, behind them, the environment, which init_process_title moves away first. So call it
// once, early in main() before threads exist; afterwards argv's strings are gone (keep copies), getenv goes
// on working.
void init_process_title(int argc, char** argv);
// Longer titles are cut to the room there is. No effect before init_process_title.
void set_process_title(std::string_view title);

// Raises the limit of open descriptors to `wanted`, or as far as the system allows, and returns the limit now
// in force. Never lowers it.
size_t raise_open_files_limit(size_t wanted);

}  // namespace strata
