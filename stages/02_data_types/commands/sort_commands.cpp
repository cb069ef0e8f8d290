// SORT and SORT_RO: the elements of a list, set or sorted set, in another order, or what other keys hold for them.
//
//   options -> elements (SortVector) -> weights (BY) -> order (LIMIT: only a stretch of it) -> answer or list (GET, STORE)
//
// BY with a pattern without '*' means: in the order in which they are. LIMIT then spares the loading too.
#include <algorithm>
#include <clocale>
#include <memory>
#include <vector>

#include "01_resp_server/commands/support.h"
#include "02_data_types/commands/sort_pattern.h"
#include "02_data_types/commands/sort_vector.h"
#include "02_data_types/families.h"
#include "02_data_types/values/list_value.h"
#include "02_data_types/values/set_value.h"
#include "02_data_types/values/sorted_set_value.h"

namespace strata::db {

namespace {

using namespace strata::resp;

struct SortOptions {
  bool descending = false;
  bool alpha = false;
  bool ordered = true;  // false: BY a constant
  int64_t offset = 0;
  int64_t count = -1;
  std::optional<SortPattern> by;
  std::vector<SortPattern> gets;
  std::optional<std::string_view> store;
};

// Answers the error itself and returns false.
// [task 2.6] Read the options of SORT.
bool read_sort_options(Client& client, Args args, bool may_store, SortOptions* out) {
  for (size_t i = 2; i < args.size(); i++) {
    const std::string_view word = args[i];
    const size_t left = args.size() - i - 1;
    if (equals_nocase(word, "ASC")) {
      out->descending = false;
    } else if (equals_nocase(word, "DESC")) {
      out->descending = true;
    } else if (equals_nocase(word, "ALPHA")) {
      out->alpha = true;
    } else if (equals_nocase(word, "LIMIT") && left >= 2) {
      if (!integer_argument(client, args[i + 1], &out->offset) || !integer_argument(client, args[i + 2], &out->count)) {
        return false;
      }
      i += 2;
    } else if (equals_nocase(word, "STORE") && left >= 1 && may_store) {
      out->store = args[++i];
    } else if (equals_nocase(word, "BY") && left >= 1) {
      out->by.emplace(args[++i]);
      // One constant among several patterns is enough.
      if (!out->by->has_placeholder()) out->ordered = false;
    } else if (equals_nocase(word, "GET") && left >= 1) {
      out->gets.emplace_back(args[++i]);
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

// A stretch of places.
struct Stretch {
  size_t first = 0;
  size_t count = 0;
};

// What LIMIT leaves of `size` places. A negative offset is 0, a negative count no limit.
// [task 2.6] Take from all places what LIMIT leaves of them.
Stretch limited(size_t size, int64_t offset, int64_t count) {
  size_t first = std::min(static_cast<size_t>(std::max<int64_t>(offset, 0)), size);
  size_t rest = size - first;
  return {first, count < 0 ? rest : std::min(static_cast<size_t>(count), rest)};
}

size_t elements_in(const Entry& entry) {
  switch (entry.type()) {
    case ValueType::kList:
      return list_of(entry).size();
    case ValueType::kSet:
      return SetValue(entry).size();
    default:
      return SortedSetValue::of(entry).size();
  }
}

// The elements at these places of the value's own order; `backward` counts from the other end (a set has only one).
void load(const Entry& entry, Stretch stretch, bool backward, SortVector* out) {
  if (stretch.count == 0) return;
  if (entry.type() == ValueType::kList) {
    // What a compressed node shows is gone when the next node is looked at.
    const QuickList& list = list_of(entry);
    const bool borrowed = list.depth() == 0;
    list.visit(backward ? ListEnd::kTail : ListEnd::kHead, stretch.first, stretch.count,
               [&](const Element& element) { out->add(element, borrowed); });
  } else if (entry.type() == ValueType::kSet) {
    size_t place = 0;
    SetValue(entry).each_while([&](const Element& member) {
      if (place >= stretch.first) out->add(member);
      return ++place < stretch.first + stretch.count;
    });
  } else {
    SortedSetValue set = SortedSetValue::of(entry);
    Ranks ranks{stretch.first, stretch.first + stretch.count};
    if (backward) ranks = {set.size() - ranks.end, set.size() - ranks.begin};
    set.each(ranks, backward, [&](const Element& member, double) { out->add(member); });
  }
}

// Visits what is to be answered for the elements of the stretch: visit(nothing, or an element).
template <class Visit>
void each_result(Database& database, const SortVector& elements, Stretch stretch, std::vector<SortPattern>& gets,
                 Visit visit) {
  for (size_t i = 0; i < stretch.count; i++) {
    const size_t place = stretch.first + i;
    if (gets.empty()) visit(std::optional(elements[place]));
    for (SortPattern& get : gets) {
      if (i % SortVector::kAhead == 0) elements.prefetch(database, get, place);
      visit(get.find(database, elements[place]));
    }
  }
}

// The results as a list under `key`; none at all removes the key.
void store_results(Client& client, std::string_view key, const SortVector& elements, Stretch stretch,
                   SortOptions& options) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  // The layout of lists by default, whatever is configured.
  constexpr ListLimits kLayout{.max_listpack_size = -2, .compress_depth = 0};
  auto list = std::make_unique<QuickList>(kLayout.max_listpack_size, kLayout.compress_depth);
  each_result(database, elements, stretch, options.gets, [&](const std::optional<Element>& result) {
    Element::Digits digits;
    list->push(ListEnd::kTail, result ? result->as_text(digits) : std::string_view());
  });
  const size_t size = list->size();
  if (size == 0) {
    if (database.remove(key)) keyspace.changed(database, key, "del", EventClass::kGeneric);
  } else {
    const Entry::Shape shape{
        .key = key, .type = ValueType::kList, .layout = Layout::kPointer, .pointer = list.release()};
    if (Ref old = database.write(key)) {
      database.replace(old, shape);
    } else {
      database.add(shape);
    }
    keyspace.changed(database, key, "sortstore", EventClass::kList, size);
  }
  client.reply.integer(static_cast<int64_t>(size));
}

void sort_key(Client& client, Args args, bool may_store) {
  SortOptions options;
  if (!read_sort_options(client, args, may_store, &options)) return;
  auto& database = database_of(client);
  Ref ref = database.read(args[1]);
  // Lookups by patterns may end the validity of the Ref, not that of the entry.
  Entry* entry = ref ? &*ref : nullptr;
  bool is_set = false;
  if (entry != nullptr) {
    const ValueType type = entry->type();
    is_set = type == ValueType::kSet;
    if (!is_set && type != ValueType::kList && type != ValueType::kSortedSet) {
      client.reply.error(kWrongTypeError);
      return;
    }
    // As in Redis, a sorted set that was sorted is a skip list from then on: OBJECT ENCODING tells, snapshots do too.
    if (type == ValueType::kSortedSet && SortedSetValue(*entry).is_listpack()) {
      SortedSetValue(*entry).convert_to_table();
    }
  }
  // A set has no order of its own: what is stored must not depend on how it happens to lie here.
  const bool by_members = is_set && !options.ordered && options.store;
  if (by_members) options.ordered = options.alpha = true;
  SortPattern* by = options.by && !by_members ? &*options.by : nullptr;

  const size_t size = entry == nullptr ? 0 : elements_in(*entry);
  Stretch stretch = limited(size, options.offset, options.count);
  SortVector elements;
  if (entry != nullptr && !options.ordered) {
    load(*entry, stretch, options.descending, &elements);
    stretch.first = 0;
  } else if (entry != nullptr) {
    load(*entry, {0, size}, false, &elements);
    if (options.alpha) {
      elements.weigh_as_texts(database, by, options.store ? TextOrder::kBytes : TextOrder::kLocale);
    } else if (!elements.weigh_as_numbers(database, by)) {
      client.reply.error("ERR One or more scores can't be converted into double");
      return;
    }
    elements.sort(stretch.first, stretch.count, options.descending);
  }

  if (options.store) {
    store_results(client, *options.store, elements, stretch, options);
    return;
  }
  client.reply.array(stretch.count * std::max<size_t>(options.gets.size(), 1));
  each_result(database, elements, stretch, options.gets, [&](const std::optional<Element>& result) {
    if (result) {
      reply_element(client.reply, *result);
    } else {
      client.reply.null();
    }
  });
}

void sort_command(Client& client, Args args) { sort_key(client, args, true); }
void sort_ro_command(Client& client, Args args) { sort_key(client, args, false); }

// [task 2.6] Find the keys of SORT among its words.
// STORE may stand anywhere, and its last one counts; a word that is an option's argument is not an option.
bool find_sort_keys(Args args, std::vector<FoundKey>& keys) {
  keys.push_back({1, kKeyRO | kKeyAccess});
  int stored = 0;
  for (size_t i = 2; i < args.size(); i++) {
    if (equals_nocase(args[i], "LIMIT")) {
      i += 2;
    } else if (equals_nocase(args[i], "GET") || equals_nocase(args[i], "BY")) {
      i++;
    } else if (equals_nocase(args[i], "STORE") && i + 1 < args.size()) {
      stored = static_cast<int>(++i);
    }
  }
  if (stored != 0) keys.push_back({stored, kKeyOW | kKeyUpdate});
  return true;
}

// [task 2.6] Find the key of SORT_RO.
bool find_sort_ro_keys(Args, std::vector<FoundKey>& keys) {
  keys.push_back({1, kKeyRO | kKeyAccess});
  return true;
}

}  // namespace

void install_sort(Server& server) {
  std::setlocale(LC_COLLATE, "");  // texts are sorted in the order of the user's language
  constexpr uint64_t kCategories = kCatDangerous | kCatList | kCatSet | kCatSortedSet;
  const KeySpec sorted = key_at(1, kKeyRO | kKeyAccess);
  const KeySpec looked_up{.flags = kKeyRO | kKeyAccess,
                          .begin = KeySpec::Begin::kUnknown,
                          .find = KeySpec::Find::kUnknown,
                          .notes = "names of BY and GET follow from the elements"};
  const KeySpec stored{.flags = kKeyOW | kKeyUpdate,
                       .begin = KeySpec::Begin::kUnknown,
                       .find = KeySpec::Find::kUnknown,
                       .notes = "STORE may stand anywhere"};
  server.commands.add({.name = "sort",
                       .arity = -2,
                       .flags = kWrite | kDenyOom,
                       .categories = kCategories,
                       .keys = {sorted, looked_up, stored},
                       .run = sort_command,
                       .find_keys = find_sort_keys});
  server.commands.add({.name = "sort_ro",
                       .arity = -2,
                       .flags = kReadOnly,
                       .categories = kCategories,
                       .keys = {sorted, looked_up},
                       .run = sort_ro_command,
                       .find_keys = find_sort_ro_keys});
}

}  // namespace strata::db
