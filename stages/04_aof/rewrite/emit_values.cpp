#include "04_aof/rewrite/emit_values.h"

#include <algorithm>
#include <array>

#include "01_resp_server/db/string_value.h"
#include "02_data_types/encodings/quicklist_walk.h"
#include "02_data_types/values/hash_value.h"
#include "02_data_types/values/list_value.h"
#include "02_data_types/values/set_value.h"
#include "02_data_types/values/sorted_set_value.h"

namespace strata::aof {

namespace {

using db::Element;
using db::Entry;

constexpr size_t kItems = 64;  // elements, or pairs, of a command

// Begins a new command whenever the one before is full.
class Batches {
 public:
  Batches(RequestWriter& out, std::string_view command, std::string_view key, size_t items, size_t words_each)
      : out_(out), command_(command), key_(key), left_(items), words_each_(words_each) {}

  // To be called before each element.
  // [task 4.11] Begin a command when the one before has its share.
  void next() {
    if (room_ == 0) {
      room_ = std::min(left_, kItems);
      out_.begin(2 + room_ * words_each_);
      out_.word(command_);
      out_.word(key_);
    }
    room_--;
    left_--;
  }

 private:
  RequestWriter& out_;
  std::string_view command_;
  std::string_view key_;
  size_t left_;
  size_t words_each_;
  size_t room_ = 0;
};

void emit_string(const Entry& entry, RequestWriter& out) {
  char scratch[24];
  out.begin(3);
  out.word("SET");
  out.word(entry.key());
  out.word(db::string_bytes(entry, scratch));
}

// [task 4.11] A list as RPUSH of 64 elements at a time.
void emit_list(const Entry& entry, RequestWriter& out) {
  const db::QuickList& list = db::list_of(entry);
  Batches batches(out, "RPUSH", entry.key(), list.size(), 1);
  list.visit(db::ListEnd::kHead, 0, list.size(), [&](const Element& element) {
    batches.next();
    out.word(element);
  });
}

void emit_set(const Entry& entry, RequestWriter& out) {
  const db::SetValue set(entry);
  Batches batches(out, "SADD", entry.key(), set.size(), 1);
  set.each([&](const Element& member) {
    batches.next();
    out.word(member);
  });
}

void emit_sorted_set(const Entry& entry, RequestWriter& out) {
  const auto set = db::SortedSetValue::of(entry);
  Batches batches(out, "ZADD", entry.key(), set.size(), 2);
  set.each(set.all(), false, [&](const Element& member, double score) {
    batches.next();
    out.real(score);
    out.word(member);
  });
}

void emit_hash(const Entry& entry, RequestWriter& out) {
  const auto hash = db::HashValue::of(entry);
  Batches batches(out, "HMSET", entry.key(), hash.size(), 2);
  hash.each([&](const db::HashField& field) {
    batches.next();
    out.word(field.name);
    out.word(field.value);
  });
}

}  // namespace

void emit_value(const Entry& entry, RequestWriter& out) {
  using Emit = void (*)(const Entry&, RequestWriter&);
  static constexpr std::array<Emit, 5> kByType = {emit_string, emit_list, emit_set, emit_sorted_set, emit_hash};
  kByType[static_cast<size_t>(entry.type())](entry, out);
}

}  // namespace strata::aof
