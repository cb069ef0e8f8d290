#include "06_replication/replica/image_head.h"

#include "common/numbers.h"

namespace strata::repl {

std::optional<ImageHead> ImageHead::parse(std::string_view line) {
  constexpr std::string_view kMarked = "$EOF:";
  ImageHead head;
  if (line.starts_with(kMarked)) {
    line.remove_prefix(kMarked.size());
    if (line.size() < kMarkBytes) return {};
    head.mark = line.substr(0, kMarkBytes);
    return head;
  }
  if (!line.starts_with('$') || !parse_uint64(line.substr(1), &head.bytes)) return {};
  return head;
}

}  // namespace strata::repl
