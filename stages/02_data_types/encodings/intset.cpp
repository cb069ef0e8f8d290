#include "02_data_types/encodings/intset.h"

#include <bit>
#include <cstdlib>

#include "common/assert.h"

namespace strata::db {

static_assert(std::endian::native == std::endian::little, "numbers are copied in and out as they are");

namespace {

constexpr unsigned width_for(int64_t number) {
  if (number == static_cast<int16_t>(number)) return 2;
  if (number == static_cast<int32_t>(number)) return 4;
  return 8;
}

template <class T>
int64_t load(const uint8_t* from) {
  T number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

int64_t load(const uint8_t* from, unsigned width) {
  if (width == 2) return load<int16_t>(from);
  if (width == 4) return load<int32_t>(from);
  return load<int64_t>(from);
}

// The index of the first number that is not below `number`.
template <class T>
size_t lower_bound(const uint8_t* numbers, size_t count, int64_t number) {
  size_t low = 0;
  while (count > 0) {
    size_t half = count / 2;
    bool below = load<T>(numbers + (low + half) * sizeof(T)) < number;
    low = below ? low + half + 1 : low;
    count = below ? count - half - 1 : half;
  }
  return low;
}

// What is allocated for so many bytes. It follows from the bytes alone, so a block need not remember it, and most
// additions find room in the block as it is.
constexpr size_t block_bytes_for(size_t bytes) {
  size_t step = bytes <= 64 ? 16 : 64;
  return (bytes + step - 1) / step * step;
}

}  // namespace

IntSet IntSet::create() {
  IntSet set(nullptr);
  set.block_ = static_cast<uint8_t*>(std::malloc(block_bytes_for(kHeaderBytes)));
  STRATA_ASSERT(set.block_ != nullptr, "no memory for an intset");
  set.set_field(kWidthAt, 2);
  set.set_field(kCountAt, 0);
  return set;
}

IntSet IntSet::copy_of(std::span<const uint8_t> bytes) {
  IntSet set(static_cast<uint8_t*>(std::malloc(block_bytes_for(bytes.size()))));
  STRATA_ASSERT(set.block_ != nullptr, "no memory for an intset of {} bytes", bytes.size());
  std::memcpy(set.block_, bytes.data(), bytes.size());
  return set;
}

void IntSet::destroy() { std::free(block_); }

size_t IntSet::memory_bytes() const { return block_bytes_for(total_bytes()); }

int64_t IntSet::at(size_t index) const { return load(number_at(index), width()); }

// Where the number stands, or where it would belong.
// [task 2.2] Find the place of a number by halving.
bool IntSet::find(int64_t number, size_t* index) const {
  size_t count = size();
  unsigned w = width();
  // Numbers often come in ascending order: ids, timestamps.
  if (count == 0 || number > at(count - 1)) {
    *index = count;
    return false;
  }
  const uint8_t* numbers = block_ + kHeaderBytes;
  *index = w == 2   ? lower_bound<int16_t>(numbers, count, number)
           : w == 4 ? lower_bound<int32_t>(numbers, count, number)
                    : lower_bound<int64_t>(numbers, count, number);
  return at(*index) == number;
}

bool IntSet::contains(int64_t number) const {
  size_t index;
  return width_for(number) <= width() && find(number, &index);
}

void IntSet::make_room_for(size_t count, unsigned width) {
  size_t wanted = block_bytes_for(kHeaderBytes + count * width);
  if (wanted == memory_bytes()) return;
  block_ = static_cast<uint8_t*>(std::realloc(block_, wanted));
  STRATA_ASSERT(block_ != nullptr, "no memory for an intset of {} bytes", wanted);
}

// [task 2.2] Rewrite all numbers with more bytes each.
// Rewrites all numbers, the last one first: each lands behind those that were not read yet.
void IntSet::widen(unsigned width) {
  unsigned old_width = this->width();
  const uint8_t* numbers = block_ + kHeaderBytes;
  set_field(kWidthAt, width);
  for (size_t i = size(); i-- > 0;) put(i, load(numbers + i * old_width, old_width));
}

// [task 2.2] Add a number, at its place.
bool IntSet::add(int64_t number) {
  size_t count = size();
  unsigned needed = width_for(number);
  size_t index;
  if (needed > width()) {
    // A number that was too wide until now stands before or behind all others.
    make_room_for(count + 1, needed);
    widen(needed);
    index = number < 0 ? 0 : count;
  } else {
    if (find(number, &index)) return false;
    make_room_for(count + 1, width());
  }
  std::memmove(number_at(index + 1), number_at(index), (count - index) * width());
  put(index, number);
  set_field(kCountAt, count + 1);
  return true;
}

// [task 2.2] Remove a number, and the room that it took.
bool IntSet::remove(int64_t number) {
  size_t index;
  if (width_for(number) > width() || !find(number, &index)) return false;
  size_t count = size();
  std::memmove(number_at(index), number_at(index + 1), (count - index - 1) * width());
  make_room_for(count - 1, width());
  set_field(kCountAt, count - 1);
  return true;
}

bool IntSet::validate(std::span<const uint8_t> bytes, bool deep) {
  if (bytes.size() < kHeaderBytes) return false;
  uint32_t width;
  uint32_t count;
  std::memcpy(&width, bytes.data() + kWidthAt, sizeof width);
  std::memcpy(&count, bytes.data() + kCountAt, sizeof count);
  if ((width != 2 && width != 4 && width != 8) || count == 0) return false;
  if (bytes.size() - kHeaderBytes != static_cast<uint64_t>(count) * width) return false;
  if (!deep) return true;
  const uint8_t* numbers = bytes.data() + kHeaderBytes;
  for (size_t i = 1; i < count; i++) {
    if (load(numbers + i * width, width) <= load(numbers + (i - 1) * width, width)) return false;
  }
  return true;
}

}  // namespace strata::db
