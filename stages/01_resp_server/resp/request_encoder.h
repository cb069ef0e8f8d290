// Encodes a command as a client sends it:   *2\r\n$3\r\nGET\r\n$1\r\nk\r\n
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace strata::resp {

void append_request(std::string& out, std::span<const std::string_view> words);

}  // namespace strata::resp
