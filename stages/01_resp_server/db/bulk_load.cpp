#include "01_resp_server/db/bulk_load.h"

#include "01_resp_server/db/keyspace.h"

namespace strata::db {

void BulkLoad::expect(size_t keys) {
  // Of several tables each gets a share that nobody knows beforehand.
  if (database_.tables() == 1) database_.table(0).reserve(keys);
}

bool BulkLoad::add(const Entry::Shape& shape) {
  if (added_ - settled_ == kOnTheWay && !settle(arrivals_[settled_++ % kOnTheWay])) return false;
  Arrival& arrival = arrivals_[added_++ % kOnTheWay];
  arrival = {Entry::create(database_.storage_->slab, shape), hash_of(shape.key), database_.table_index(shape.key)};
  database_.table(arrival.table).prefetch_bucket(arrival.hash);
  return true;
}

bool BulkLoad::finish() {
  bool fine = true;
  while (settled_ < added_) fine = settle(arrivals_[settled_++ % kOnTheWay]) && fine;
  return fine;
}

bool BulkLoad::settle(const Arrival& arrival) {
  Entry& entry = *arrival.entry;
  EntryTable& table = database_.table(arrival.table);
  if (auto at = table.find(entry.key(), arrival.hash)) {
    if (duplicates_ == Duplicates::kRefuse) {
      duplicate_ = entry.key();
      drop(entry);
      return false;
    }
    database_.remove(Ref{at, arrival.hash});
  }
  table.insert(&entry, arrival.hash);
  database_.count_new(entry, arrival.hash, arrival.table);
  return true;
}

void BulkLoad::discard(const Entry::Shape& shape) { drop(*Entry::create(database_.storage_->slab, shape)); }

void BulkLoad::drop(Entry& entry) {
  if (entry.is_pointer()) database_.keyspace_.types.of(entry).free_value(entry);
  entry.destroy(database_.storage_->slab);
}

}  // namespace strata::db
