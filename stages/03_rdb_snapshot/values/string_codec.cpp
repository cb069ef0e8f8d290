// Strings: one string of the format, which knows numbers and compression by itself.
#include "01_resp_server/db/string_value.h"
#include "03_rdb_snapshot/values/value_codec.h"

namespace strata::rdb {

namespace {

TypeId string_type_id(const Entry&) { return kStringType; }

void save_string(const Entry& entry, RdbWriter& out) {
  if (entry.is_integer()) return out.number(entry.number());
  char scratch[24];
  out.string(db::string_bytes(entry, scratch));
}

// [task 3.4] Read a string value; a long one goes straight to where it will stay.
Loaded load_string(RdbReader& in, TypeId, const LoadRules&, Entry::Shape* out) {
  StringHead head;
  if (!in.string_head(&head)) return Loaded::kBroken;
  if (head.form == StringHead::Form::kNumber) {
    out->layout = Entry::layout_for(head.number);
    out->number = head.number;
    return Loaded::kValue;
  }
  const uint64_t size = head.plain_size();
  if (size <= Entry::kMaxEmbedded) {
    std::string_view text;
    if (!in.body(head, &text)) return Loaded::kBroken;
    db::shape_string(*out, text);
    return Loaded::kValue;
  }
  resp::BigBulk block(resp::RawString::allocate(size));
  if (block == nullptr) {
    in.fail("no memory for a string of {} bytes", size);
    return Loaded::kBroken;
  }
  if (!in.body_into(head, block->data())) return Loaded::kBroken;
  block->size = size;
  out->layout = db::Layout::kPointer;
  out->pointer = block.release();
  return Loaded::kValue;
}

}  // namespace

void add_string_codec(ValueCodecs& codecs) {
  codecs[ValueType::kString] = {string_type_id, save_string};
  codecs.add_loader(kStringType, load_string);
}

}  // namespace strata::rdb
