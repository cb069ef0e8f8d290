#include "03_rdb_snapshot/child/page_release.h"

#include <sys/mman.h>
#include <unistd.h>

#include "01_resp_server/resp/big_bulk.h"
#include "02_data_types/values/list_value.h"
#include "03_rdb_snapshot/child/child_process.h"

namespace strata::rdb {

namespace {

constexpr size_t kWorthACall = 8 * 1024;  // bytes

void release(const void* block, size_t bytes) {
  static const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(block) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<uintptr_t>(block) + bytes) & ~(page - 1);
  if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

void release_pages_of(const db::Entry& entry) {
  if (!entry.is_pointer() || !in_child()) return;
  if (entry.type() == db::ValueType::kString) {
    const auto* raw = entry.pointer<resp::RawString>();
    if (raw->size >= kWorthACall) release(raw->data(), raw->size);
  } else if (entry.type() == db::ValueType::kList) {
    for (const auto* node = db::list_of(entry).head(); node != nullptr; node = node->next) {
      const auto bytes = node->bytes();
      if (bytes.size() >= kWorthACall) release(bytes.data(), bytes.size());
    }
  }
}

}  // namespace strata::rdb
