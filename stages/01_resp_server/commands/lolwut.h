// LOLWUT.
#pragma once

#include <string>

#include "common/random.h"

namespace strata::resp {

class Server;

void install_lolwut(Server& server);

// `rows` lines of at most `columns` characters. The same state of `random` draws the same picture.
std::string draw_strata(Random& random, int columns, int rows);

}  // namespace strata::resp
