#include "01_resp_server/db/database.h"

#include <string>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/db/string_value.h"
#include "common/assert.h"
#include "common/clock.h"

namespace strata::db {

Database::Database(Keyspace& keyspace, int index) : keyspace_(keyspace), index_(index) { partition(nullptr); }

Database::~Database() { clear(); }

void Database::partition(const Partitioner* partitioner) {
  STRATA_ASSERT(size_ == 0, "{} keys are in place already", size_);
  partitioner_ = partitioner;
  size_t wanted = partitioner == nullptr ? 1 : partitioner->tables();
  storage_ = std::make_unique<DatabaseStorage>();
  auto& tables = storage_->tables;
  while (tables.size() < wanted) tables.push_back(std::make_unique<EntryTable>(storage_->slab));
  if (wanted > 1) storage_->sizes = TableSizes(wanted);
}

// --- lookup ---

// In its very millisecond a key is still there.
// [task 1.9] Tell whether the time of an entry has passed.
bool Database::expired(const Entry& entry) const {
  return entry.has_expiry() && entry.expiry_ms() < keyspace_.now_ms() && !keyspace_.nothing_expires;
}

Ref Database::find_even_expired(std::string_view key) const {
  Hash hash = hash_of(key);
  return {table_of(key).find(key, hash), hash};
}

Ref Database::live(std::string_view key) {
  Ref ref = find_even_expired(key);
  if (ref && ref->has_expiry() && expired(*ref)) [[unlikely]] {
    if (keyspace_.deletes_expired()) expire(ref);
    return {};
  }
  return ref;
}

Ref Database::peek(std::string_view key) { return live(key); }

Ref Database::write(std::string_view key) {
  Ref ref = live(key);
  if (ref) touch(*ref);
  return ref;
}

Ref Database::read(std::string_view key) {
  Ref ref = look(key);
  if (ref) touch(*ref);
  return ref;
}

Ref Database::look(std::string_view key) {
  Ref ref = live(key);
  if (ref) {
    keyspace_.hits++;
  } else {
    keyspace_.misses++;
    keyspace_.notice(*this, key, "keymiss", EventClass::kKeyMiss);
  }
  return ref;
}

void Database::touch(Entry& entry) {
  // While a forked child reads the same memory: a look at a key is not worth the copy of its page.
  if (!TableResizing::allowed()) return;
  uint32_t old_clock = entry.clock();
  uint32_t clock = keyspace_.touch == nullptr ? keyspace_.access_clock() : keyspace_.touch(keyspace_, old_clock);
  if (clock != old_clock) entry.set_clock(clock);
}

// --- change ---

void Database::forget_value(Entry& entry, Removal why) {
  if (!entry.is_pointer()) return;
  with_pointer_--;
  if (keyspace_.frees_lazily(why) && keyspace_.disposer->take(entry)) return;
  keyspace_.types.of(entry).free_value(entry);
}

Ref Database::add(Entry::Shape shape) {
  shape.clock = keyspace_.access_clock();
  Entry* entry = Entry::create(storage_->slab, shape);
  Hash hash = hash_of(shape.key);
  const size_t table = table_index(shape.key);
  Ref ref{storage_->tables[table]->insert(entry, hash), hash};
  count_new(*entry, hash, table);
  if (keyspace_.events.anyone()) keyspace_.notice(*this, shape.key, "new", EventClass::kNewKey);
  return ref;
}

void Database::count_new(const Entry& entry, Hash hash, size_t table) {
  size_++;
  if (partitioner_ != nullptr) storage_->sizes.add(table);
  if (entry.has_expiry()) {
    with_expiry_++;
    note_expiry(table, hash, entry);
  }
  if (entry.is_pointer()) with_pointer_++;
}

// Builds the entry anew for a shape whose key may be the old entry's own bytes; the old value was dealt with.
Ref Database::put(Ref ref, const Entry::Shape& shape) {
  Entry* old = &*ref;
  Entry* entry = Entry::create(storage_->slab, shape);
  with_expiry_ += static_cast<size_t>(entry->has_expiry()) - static_cast<size_t>(old->has_expiry());
  ref.at.replace(entry);
  old->destroy(storage_->slab);
  if (entry->has_expiry()) note_expiry(table_index(entry->key()), ref.hash, *entry);
  return ref;
}

void Database::note_expiry(size_t table, Hash hash, const Entry& entry) {
  if (expiry_watcher_ != nullptr) expiry_watcher_->given(table, hash, entry.expiry_ms());
}

Ref Database::replace(Ref ref, Entry::Shape shape) {
  shape.key = ref->key();
  // Where accesses are counted the count belongs to the key: it outlives the value.
  shape.clock = keyspace_.counts_accesses() ? ref->clock() : keyspace_.access_clock();
  forget_value(*ref, Removal::kReplaced);
  if (shape.layout >= Layout::kPointer) with_pointer_++;
  return put(ref, shape);
}

Ref Database::set_string(std::string_view key, std::string_view value, int64_t expiry_ms, resp::BigBulk adopt) {
  return set_string(write(key), key, value, expiry_ms, std::move(adopt));
}

Ref Database::set_string(Ref ref, std::string_view key, std::string_view value, int64_t expiry_ms,
                         resp::BigBulk adopt) {
  Entry::Shape shape;
  shape_string(shape, value, std::move(adopt));
  if (!ref) {
    shape.key = key;
    shape.expiry_ms = expiry_ms == kKeepExpiry ? -1 : expiry_ms;
    return add(shape);
  }
  Entry& entry = *ref;
  shape.expiry_ms = expiry_ms == kKeepExpiry ? entry.expiry_ms() : expiry_ms;
  // The common case of a cache: the same key gets a value of the same size. The block is written over.
  bool same_expiry = entry.has_expiry() == (shape.expiry_ms >= 0);
  if (same_expiry && entry.type() == ValueType::kString && entry.overwrite(shape)) {
    if (shape.expiry_ms >= 0) {
      entry.set_expiry_ms(shape.expiry_ms);
      note_expiry(table_index(key), ref.hash, entry);
    }
    if (!keyspace_.counts_accesses()) entry.set_clock(keyspace_.access_clock());
    return ref;
  }
  return replace(ref, shape);
}

Ref Database::set_integer(Ref ref, std::string_view key, int64_t value) {
  Layout layout = Entry::layout_for(value);
  if (ref && ref->type() == ValueType::kString && ref->layout() == layout) {
    ref->set_number(value);
    return ref;
  }
  Entry::Shape shape;
  shape.key = key;
  shape.layout = layout;
  shape.number = value;
  if (!ref) return add(shape);
  shape.expiry_ms = ref->expiry_ms();
  return replace(ref, shape);
}

Ref Database::set_expiry(Ref ref, int64_t expiry_ms) {
  if (ref->has_expiry() && expiry_ms >= 0) {
    ref->set_expiry_ms(expiry_ms);
    note_expiry(table_index(ref->key()), ref.hash, *ref);
    return ref;
  }
  if (!ref->has_expiry() && expiry_ms < 0) return ref;
  Entry::Shape shape;
  shape.key = ref->key();
  shape.type = ref->type();
  shape.layout = ref->layout();
  shape.clock = ref->clock();
  shape.expiry_ms = expiry_ms;
  if (ref->is_integer()) {
    shape.number = ref->number();
  } else if (ref->is_embedded()) {
    shape.bytes = ref->embedded();
  } else {
    shape.pointer = ref->pointer<void>();
  }
  return put(ref, shape);
}

Entry::Shape Database::take_value(Ref ref) {
  Entry& entry = *ref;
  Entry::Shape shape;
  shape.type = entry.type();
  shape.layout = entry.layout();
  shape.expiry_ms = entry.expiry_ms();
  if (entry.is_integer()) {
    shape.number = entry.number();
  } else if (entry.is_embedded()) {
    static thread_local char bytes[Entry::kMaxEmbedded];  // outlives the entry until the value is placed again
    std::string_view value = entry.embedded();
    std::memcpy(bytes, value.data(), value.size());
    shape.bytes = {bytes, value.size()};
  } else {
    shape.pointer = entry.pointer<void>();
    with_pointer_--;
  }
  take_out(ref);
  return shape;
}

void Database::remove(Ref ref, Removal why) {
  forget_value(*ref, why);
  take_out(ref);
}

// The value was freed or given away.
void Database::take_out(Ref ref) {
  Entry& entry = *ref;
  const size_t table = table_index(entry.key());
  size_--;
  if (partitioner_ != nullptr) storage_->sizes.remove(table);
  if (entry.has_expiry()) with_expiry_--;
  storage_->tables[table]->remove(ref.at, ref.hash);
  entry.destroy(storage_->slab);
}

bool Database::remove(std::string_view key, Removal why) {
  Ref ref = live(key);
  if (!ref) return false;
  remove(ref, why);
  return true;
}

// [task 1.9] Let an expired key go, and tell those who watch.
void Database::expire(Ref ref) {
  keyspace_.expired_keys++;
  if (!keyspace_.events.anyone() && !keyspace_.effects.wanted) {
    remove(ref, Removal::kExpired);
    return;
  }
  std::string key(ref->key());
  remove(ref, Removal::kExpired);
  if (keyspace_.effects.wanted) {
    keyspace_.effects.also_replay(index_, {keyspace_.frees_lazily(Removal::kExpired) ? "UNLINK" : "DEL", key});
  }
  keyspace_.changed(*this, key, "expired", EventClass::kExpired, 0);
}

void Database::clear(bool lazily) {
  average_ttl_ms_ = 0;
  if (expiry_watcher_ != nullptr) expiry_watcher_->cleared();
  if (lazily && size_ > 0 && keyspace_.disposer != nullptr) {
    size_ = with_expiry_ = with_pointer_ = 0;
    keyspace_.disposer->take_all(std::move(storage_));
    partition(partitioner_);
    return;
  }
  if (with_pointer_ > 0) {
    each([this](Entry& entry) {
      if (entry.is_pointer()) keyspace_.types.of(entry).free_value(entry);
    });
  }
  SlabAllocator& slab = storage_->slab;
  if (slab.large_blocks() > 0) {  // entries with long keys
    each([&slab](Entry& entry) {
      if (entry.block_bytes() > SlabAllocator::kLargest) entry.destroy(slab);
    });
  }
  for (auto& table : storage_->tables) table->forget();
  storage_->sizes.clear();
  slab.release_all();
  size_ = with_expiry_ = with_pointer_ = 0;
}

// --- another generation of the data ---

std::unique_ptr<Database> Database::twin() const {
  auto made = std::make_unique<Database>(keyspace_, index_);
  if (partitioner_ != nullptr) made->partition(partitioner_);
  return made;
}

void Database::exchange_contents(Database& other) {
  std::swap(storage_, other.storage_);
  std::swap(size_, other.size_);
  std::swap(with_expiry_, other.with_expiry_);
  std::swap(average_ttl_ms_, other.average_ttl_ms_);
  std::swap(with_pointer_, other.with_pointer_);
  for (Database* each : {this, &other}) {
    if (each->expiry_watcher_ != nullptr) each->expiry_watcher_->replaced();
  }
}

// --- whole database ---

// [task 1.9] Find a random key that has not expired.
Ref Database::random() {
  // Expired keys are deleted as they are met; without that authority, give up after a while and take what comes.
  for (int tries = 0; size_ > 0; tries++) {
    EntryTable& table = *storage_->tables[random_table()];
    Entry* entry = table.random(keyspace_.random);
    if (entry == nullptr) continue;
    Hash hash = hash_of(entry->key());
    Ref ref{table.find(entry->key(), hash), hash};
    if (!expired(*entry)) return ref;
    if (keyspace_.deletes_expired()) {
      expire(ref);
    } else if (tries > 100) {
      return ref;
    }
  }
  return {};
}

size_t Database::random_table() {
  if (storage_->tables.size() == 1) return 0;
  uint64_t rank = keyspace_.random.below(size_);
  size_t table = storage_->sizes.group_of(&rank);
  for (; rank >= storage_->tables[table]->size(); table++) rank -= storage_->tables[table]->size();
  return table;
}

uint64_t Database::scan(uint64_t cursor, const std::function<void(Entry&)>& visit) {
  // The table's number stands above the place; with one table the cursor is the place itself.
  size_t number = cursor >> Hash::kPlaceBits;
  uint64_t place = cursor & (Hash::kPlaces - 1);
  if (number >= storage_->tables.size()) return 0;
  place = storage_->tables[number]->scan(place, [&](Entry* entry) { visit(*entry); });
  if (place == 0) {
    do {
      number++;
    } while (number < storage_->tables.size() && storage_->tables[number]->empty());
    if (number >= storage_->tables.size()) return 0;
  }
  return static_cast<uint64_t>(number) << Hash::kPlaceBits | place;
}

void Database::each(const std::function<void(Entry&)>& visit) const {
  for (auto& table : storage_->tables) {
    table->each([&](Entry* entry) { visit(*entry); });
  }
}

void Database::rehash_until(int64_t end_us) {
  constexpr size_t kTables = 1024;
  constexpr size_t kBuckets = 64;
  auto& tables = storage_->tables;
  for (size_t left = std::min(tables.size(), kTables); left > 0; left--) {
    next_to_rehash_ = (next_to_rehash_ + 1) % tables.size();
    EntryTable& table = *tables[next_to_rehash_];
    while (table.rehashing()) {
      if (mono_us() >= end_us) return;
      table.rehash(kBuckets);
    }
  }
}

size_t Database::memory_bytes() const {
  size_t bytes = 0;
  for (auto& table : storage_->tables) bytes += table->memory_bytes();
  return bytes;
}

size_t Database::entry_bytes(const Entry& entry, size_t samples) const {
  const TypeRow& type = keyspace_.types.of(entry);
  size_t outside = type.value_bytes != nullptr ? type.value_bytes(entry, samples) : 0;
  return SlabAllocator::rounded(entry.block_bytes()) + sizeof(Bucket) / Bucket::kSlots + outside;
}

}  // namespace strata::db
