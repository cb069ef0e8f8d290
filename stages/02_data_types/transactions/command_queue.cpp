#include "02_data_types/transactions/command_queue.h"

#include <algorithm>
#include <numeric>

namespace strata::db {

QueuedCommand::QueuedCommand(const resp::CommandSpec& spec, resp::Args args) : spec_(&spec), count_(args.size()) {
  size_t views = args.size() * sizeof(std::string_view);
  bytes_ = std::accumulate(args.begin(), args.end(), views,
                           [](size_t sum, std::string_view arg) { return sum + arg.size(); });
  block_ = std::make_unique_for_overwrite<std::byte[]>(bytes_);
  auto* view = reinterpret_cast<std::string_view*>(block_.get());
  char* at = reinterpret_cast<char*>(block_.get()) + views;
  for (std::string_view arg : args) {
    std::construct_at(view++, at, arg.size());
    at = std::copy(arg.begin(), arg.end(), at);
  }
}

void CommandQueue::push(const resp::CommandSpec& spec, resp::Args args) {
  bytes_ += commands_.emplace_back(spec, args).memory_bytes();
  flags_ |= spec.flags;
}

}  // namespace strata::db
