// One database: the table of its entries and the operations on keys that every type shares.
//
// A key that has expired is never visible: every lookup checks, and deletes it (or, without expiry authority, hides it).
// A Ref names an entry in its place in the table. It is valid until the next insertion or removal in this database;
// operations that rebuild the entry return the Ref to go on with.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/slab.h"
#include "01_resp_server/db/table.h"
#include "01_resp_server/db/table_sizes.h"
#include "01_resp_server/db/value_disposer.h"
#include "01_resp_server/server/lookahead.h"

namespace strata::db {

class BulkLoad;
class Keyspace;

struct EntryTraits {
  using Item = Entry;
  static std::string_view key(const Entry* entry) { return entry->key(); }
};
using EntryTable = Table<EntryTraits>;

struct Ref {
  EntryTable::Position at;
  Hash hash{0};
  explicit operator bool() const { return static_cast<bool>(at); }
  Entry* operator->() const { return at.item(); }
  Entry& operator*() const { return *at.item(); }
};

// What a database is made of: its entries' memory and the tables that find them.
struct DatabaseStorage {
  SlabAllocator slab;
  std::vector<std::unique_ptr<EntryTable>> tables;
  TableSizes sizes{0};  // of several tables
};

// Which table of a database a key belongs to. One table, unless a cluster gives every slot its own.
class Partitioner {
 public:
  virtual ~Partitioner() = default;
  virtual size_t tables() const = 0;
  virtual size_t table_of(std::string_view key) const = 0;
};

// Told of every expiry that an entry is given, so that expired keys can be found without a look at all of them. Not told
// when an expiry goes: with the key, or by PERSIST.
class ExpiryWatcher {
 public:
  virtual void given(size_t table, Hash hash, int64_t expiry_ms) = 0;
  virtual void cleared() = 0;   // no key is left
  virtual void replaced() = 0;  // other keys are in their place

 protected:
  ~ExpiryWatcher() = default;
};

class Database {
 public:
  Database(Keyspace& keyspace, int index);
  ~Database();

  int index() const { return index_; }
  void set_index(int index) { index_ = index; }

  // --- lookup; an empty Ref when the key is absent or expired ---
  Ref read(std::string_view key);   // for a reader: counts a hit or a miss, touches the access clock
  Ref write(std::string_view key);  // for a writer: touches the clock, counts nothing
  Ref look(std::string_view key);   // for a reader that counts but does not use the value (TTL, EXISTS, TYPE)
  Ref peek(std::string_view key);   // neither counts nor touches
  Ref find_even_expired(std::string_view key) const;
  bool expired(const Entry& entry) const;  // by the clock, whether or not it may be deleted

  // --- change ---
  // Adds a key that is not there. The shape's pointer, if any, is owned by the database from now on.
  Ref add(Entry::Shape shape);
  // Replaces value (and expiry) of an entry by the shape's, keeping its key; frees the old value.
  Ref replace(Ref ref, Entry::Shape shape);
  // Sets a string value, whatever was there: chooses the encoding. `adopt` may hand over the bytes' own block.
  // Expiry: kKeepExpiry keeps that of the old entry, -1 clears, otherwise Unix time in ms.
  static constexpr int64_t kKeepExpiry = -2;
  Ref set_string(std::string_view key, std::string_view value, int64_t expiry_ms = -1, resp::BigBulk adopt = nullptr);
  Ref set_string(Ref ref, std::string_view key, std::string_view value, int64_t expiry_ms,
                 resp::BigBulk adopt = nullptr);
  Ref set_integer(Ref ref, std::string_view key, int64_t value);  // keeps the expiry of an existing entry
  Ref set_expiry(Ref ref, int64_t expiry_ms);                     // -1: none
  void remove(Ref ref, Removal why = Removal::kReplaced);
  // False when there was none (an expired key counts as none).
  bool remove(std::string_view key, Removal why = Removal::kReplaced);
  // Takes an entry out without freeing its value: for RENAME and MOVE, which give the value to a new entry.
  Entry::Shape take_value(Ref ref);
  void clear(
      bool lazily = false);  // all keys; lazily: their memory is left to the keyspace's disposer, if there is one

  // --- another generation of the data ---
  // An empty database that is partitioned likewise: nobody sees it, until its contents take the place of these.
  std::unique_ptr<Database> twin() const;
  void exchange_contents(Database& other);  // a twin's; nobody is told but the watcher of expiries

  // --- whole database ---
  size_t size() const { return size_; }
  size_t with_expiry() const { return with_expiry_; }
  Ref random();  // a key that has not expired; empty when there is none
  // Goes on from `cursor` (0 at the start) over at least one bucket; returns the next cursor, 0 at the end.
  uint64_t scan(uint64_t cursor, const std::function<void(Entry&)>& visit);
  void each(const std::function<void(Entry&)>& visit) const;   // includes expired entries; must not change anything
  void prefetch(std::span<const resp::Lookup> lookups) const;  // memory that will be needed soon
  // Idle work: goes on with rehashes until the time (of mono_us). Of many tables a call looks at some, the next at others.
  void rehash_until(int64_t end_us);
  // Kept by whoever samples expiries (active expiry); 0 as long as nobody does.
  int64_t average_ttl_ms() const { return average_ttl_ms_; }
  void set_average_ttl_ms(int64_t ms) { average_ttl_ms_ = ms; }
  void watch_expiries(ExpiryWatcher* watcher) { expiry_watcher_ = watcher; }  // null: nobody cares
  size_t memory_bytes() const;                                                // of the tables, without the entries
  size_t entry_bytes(const Entry& entry, size_t samples) const;

  // Before the first key: how keys are spread over tables. Null: one table.
  void partition(const Partitioner* partitioner);
  EntryTable& table(size_t index) { return *storage_->tables[index]; }
  size_t tables() const { return storage_->tables.size(); }
  size_t random_table();  // an index, with a probability in proportion to the tables' keys; there must be a key
  size_t table_index(std::string_view key) const { return partitioner_ == nullptr ? 0 : partitioner_->table_of(key); }
  EntryTable& table_of(std::string_view key) const { return *storage_->tables[table_index(key)]; }
  Keyspace& keyspace() { return keyspace_; }

 private:
  friend class BulkLoad;
  Ref live(std::string_view key);  // lookup that lets an expired key go
  void forget_value(Entry& entry, Removal why);
  void expire(Ref ref);
  void touch(Entry& entry);
  Ref put(Ref ref, const Entry::Shape& shape);
  void note_expiry(size_t table, Hash hash, const Entry& entry);
  void count_new(const Entry& entry, Hash hash, size_t table);
  void take_out(Ref ref);

  Keyspace& keyspace_;
  int index_;
  const Partitioner* partitioner_ = nullptr;
  std::unique_ptr<DatabaseStorage> storage_;
  size_t next_to_rehash_ = 0;  // table
  size_t size_ = 0;
  size_t with_expiry_ = 0;
  int64_t average_ttl_ms_ = 0;
  ExpiryWatcher* expiry_watcher_ = nullptr;
  size_t with_pointer_ = 0;  // entries whose value must be freed one by one
};

}  // namespace strata::db
