#include "01_resp_server/db/string_value.h"

#include <algorithm>

#include "common/assert.h"
#include "common/memory.h"
#include "common/numbers.h"

namespace strata::db {

namespace {

constexpr size_t kLongestInteger = 20;

RawString* new_raw(std::string_view bytes) {
  RawString* raw = RawString::allocate(bytes.size());
  STRATA_ASSERT(raw != nullptr, "no memory for a value of {} bytes", bytes.size());
  std::memcpy(raw->data(), bytes.data(), bytes.size());
  raw->size = bytes.size();
  return raw;
}

}  // namespace

std::string_view string_bytes(const Entry& entry, char* scratch) {
  if (entry.is_embedded()) return entry.embedded();
  if (entry.is_integer()) return {scratch, format_int64(scratch, entry.number())};
  return entry.pointer<RawString>()->view();
}

size_t string_length(const Entry& entry) {
  char scratch[24];
  return string_bytes(entry, scratch).size();
}

void shape_string(Entry::Shape& shape, std::string_view bytes, resp::BigBulk adopt) {
  shape.type = ValueType::kString;
  if (bytes.size() <= kLongestInteger && parse_int64(bytes, &shape.number)) {
    shape.layout = Entry::layout_for(shape.number);
  } else if (bytes.size() <= Entry::kMaxEmbedded) {
    shape.layout = Layout::kEmbedded;
    shape.bytes = bytes;
  } else {
    shape.layout = Layout::kPointer;
    shape.pointer = adopt != nullptr ? adopt.release() : new_raw(bytes);
  }
}

void shape_raw(Entry::Shape& shape, std::string_view bytes) {
  shape.type = ValueType::kString;
  if (bytes.size() <= Entry::kMaxEmbedded) {
    shape.layout = Layout::kEmbeddedRaw;
    shape.bytes = bytes;
  } else {
    shape.layout = Layout::kPointer;
    shape.pointer = new_raw(bytes);
  }
}

namespace {

// Doubles up to 1 MiB, then adds that much.
size_t generous(size_t length) {
  constexpr size_t kStep = 1 << 20;
  return length < kStep ? length * 2 : length + kStep;
}

}  // namespace

Ref make_raw(Database& database, Ref ref, size_t length) {
  if (ref->is_pointer()) {
    auto* raw = ref->pointer<RawString>();
    if (raw->capacity < length) {
      size_t capacity = generous(length);
      raw = static_cast<RawString*>(std::realloc(raw, sizeof(RawString) + capacity));
      STRATA_ASSERT(raw != nullptr, "no memory for a string of {} bytes", capacity);
      raw->capacity = capacity;
      ref->set_pointer(raw);
    }
    if (length > raw->size) std::memset(raw->data() + raw->size, 0, length - raw->size);
    raw->size = length;
    return ref;
  }
  if (ref->layout() == Layout::kEmbeddedRaw && ref->embedded().size() == length) return ref;
  char scratch[24];
  std::string_view old_bytes = string_bytes(*ref, scratch);
  char inside[Entry::kMaxEmbedded] = {};
  Entry::Shape shape;
  shape.expiry_ms = ref->expiry_ms();
  if (length <= Entry::kMaxEmbedded) {
    std::memcpy(inside, old_bytes.data(), std::min(old_bytes.size(), length));
    shape.layout = Layout::kEmbeddedRaw;
    shape.bytes = {inside, length};
  } else {
    RawString* raw = RawString::allocate(generous(length));
    STRATA_ASSERT(raw != nullptr, "no memory for a string of {} bytes", length);
    std::memcpy(raw->data(), old_bytes.data(), old_bytes.size());
    std::memset(raw->data() + old_bytes.size(), 0, length - old_bytes.size());
    raw->size = length;
    shape.layout = Layout::kPointer;
    shape.pointer = raw;
  }
  return database.replace(ref, shape);
}

char* raw_bytes(Entry& entry) {
  return entry.is_pointer() ? entry.pointer<RawString>()->data() : entry.embedded_bytes();
}

TypeRow string_type() {
  return {
      .name = "string",
      .free_value = [](Entry& entry) { std::free(entry.pointer<RawString>()); },
      .copy_value =
          [](const Entry& entry) {
            Entry::Shape shape;
            shape.layout = entry.layout();
            if (entry.is_integer()) {
              shape.number = entry.number();
            } else if (entry.is_embedded()) {
              shape.bytes = entry.embedded();
            } else {
              shape.pointer = new_raw(entry.pointer<RawString>()->view());
            }
            return shape;
          },
      .encoding_name = [](const Entry& entry) -> std::string_view {
        if (entry.is_integer()) return "int";
        bool embstr = entry.layout() == Layout::kEmbedded && entry.embedded().size() <= kEmbstrLimit;
        return embstr ? "embstr" : "raw";
      },
      .value_bytes = [](const Entry& entry, size_t) -> size_t {
        return entry.is_pointer() ? usable_size(entry.pointer<RawString>()) : 0;
      },
  };
}

}  // namespace strata::db
