// The lines `sentinel <directive> ...` of the configuration file. They are settings and state at once: what the sentinel must
// remember across a crash (epochs, votes, whom it knows) is written there by Sentinel::save.
//
//   round 0   what concerns the sentinel itself     myid, current-epoch, announce-ip, resolve-hostnames, ...
//   round 1   monitor                               makes a master
//   round 2   what concerns a master                down-after-milliseconds, known-replica, config-epoch, ...
//
// so that their order in the file does not matter.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "01_resp_server/server/late_directives.h"
#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// Declares the directive, for reading and for rewriting.
void declare_directives(Sentinel& sentinel);

// What the file is to say now: lines by the directive that they begin with.
std::vector<std::pair<std::string, resp::RewriteLine>> current_lines(const Sentinel& sentinel);

}  // namespace strata::sentinel
