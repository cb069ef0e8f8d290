#include "07_sentinel/monitor/hello.h"

#include <fmt/format.h>

#include <array>

#include "common/numbers.h"

namespace strata::sentinel {

// [task 7.6] Write a hello.
std::string format_hello(const Hello& hello) {
  return fmt::format("{},{},{},{},{},{},{},{}", hello.ip, hello.port, hello.run_id, hello.current_epoch,
                     hello.master_name, hello.master_host, hello.master_port, hello.config_epoch);
}

std::optional<Hello> parse_hello(std::string_view text) {
  std::array<std::string_view, 8> fields;
  for (size_t i = 0; i < fields.size(); i++) {
    const size_t comma = text.find(',');
    const bool last = i + 1 == fields.size();
    if (last != (comma == text.npos)) return std::nullopt;
    fields[i] = text.substr(0, comma);
    text.remove_prefix(last ? text.size() : comma + 1);
  }
  Hello hello;
  hello.ip = fields[0];
  hello.run_id = fields[2];
  hello.master_name = fields[4];
  hello.master_host = fields[5];
  if (!parse_int64(fields[1], &hello.port) || !parse_uint64(fields[3], &hello.current_epoch) ||
      !parse_int64(fields[6], &hello.master_port) || !parse_uint64(fields[7], &hello.config_epoch)) {
    return std::nullopt;
  }
  return hello;
}

}  // namespace strata::sentinel
