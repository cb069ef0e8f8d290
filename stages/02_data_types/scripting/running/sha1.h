// The name of a script: the SHA-1 of its text, 40 lower-case hex digits.
#pragma once

#include <string>
#include <string_view>

namespace strata::script {

std::string sha1_hex(std::string_view text);

}  // namespace strata::script
