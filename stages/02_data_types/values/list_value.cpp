#include "02_data_types/values/list_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace strata::db {

Entry::Shape empty_list(std::string_view key, const ListLimits& limits) {
  return {.key = key,
          .type = ValueType::kList,
          .layout = Layout::kPointer,
          .pointer = new QuickList(limits.max_listpack_size, limits.compress_depth)};
}

// [task 2.3] Turn two indexes into a stretch of the list.
ListRange ListRange::between(int64_t start, int64_t stop, size_t size) {
  auto n = static_cast<int64_t>(size);
  if (start < 0) start = std::max<int64_t>(start + n, 0);
  if (stop < 0) stop += n;
  stop = std::min(stop, n - 1);
  if (start > stop) return {};
  return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
}

namespace {

Entry::Shape copy_list(const Entry& entry) {
  Entry::Shape shape;
  shape.layout = Layout::kPointer;
  shape.pointer = list_of(entry).clone();
  return shape;
}

std::string debug_fields(const Entry& entry) {
  const QuickList& list = list_of(entry);
  size_t bytes = 0;
  for (const QuickListNode* node = list.head(); node != nullptr; node = node->next) bytes += node->size();
  return fmt::format("ql_nodes:{} ql_avg_node:{:.2f} ql_listpack_max:{} ql_compressed:{} ql_uncompressed_size:{}",
                     list.node_count(), static_cast<double>(list.size()) / static_cast<double>(list.node_count()),
                     list.fill(), list.depth() > 0 ? 1 : 0, bytes);
}

}  // namespace

TypeRow list_type() {
  return {.name = "list",
          .free_value = [](Entry& entry) { delete &list_of(entry); },
          .copy_value = copy_list,
          .encoding_name = [](const Entry&) -> std::string_view { return "quicklist"; },
          .value_bytes = [](const Entry& entry, size_t samples) { return list_of(entry).memory_bytes(samples); },
          .debug_fields = debug_fields};
}

}  // namespace strata::db
