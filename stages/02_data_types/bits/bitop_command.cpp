// BITOP: strings combined bit by bit, shorter ones filled up with zeros.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "02_data_types/bits/bit_commands.h"
#include "common/assert.h"
#include "common/text.h"

namespace strata::db {

using namespace resp;

namespace {

enum class BitOp : uint8_t { kAnd, kOr, kXor, kNot };

std::optional<BitOp> parse_bit_op(std::string_view word) {
  if (equals_nocase(word, "AND")) return BitOp::kAnd;
  if (equals_nocase(word, "OR")) return BitOp::kOr;
  if (equals_nocase(word, "XOR")) return BitOp::kXor;
  if (equals_nocase(word, "NOT")) return BitOp::kNot;
  return {};
}

// out[i] = combine(out[i], in[i]). Blocks of a constant number of words become vector instructions.
template <class Combine>
void combine(char* out, std::string_view in, Combine op) {
  constexpr size_t kWords = 8;
  size_t at = 0;
  for (; at + kWords * sizeof(uint64_t) <= in.size(); at += kWords * sizeof(uint64_t)) {
    uint64_t left[kWords];
    uint64_t right[kWords];
    std::memcpy(left, out + at, sizeof left);
    std::memcpy(right, in.data() + at, sizeof right);
    for (size_t i = 0; i < kWords; i++) left[i] = op(left[i], right[i]);
    std::memcpy(out + at, left, sizeof left);
  }
  for (; at < in.size(); at++) {
    out[at] = static_cast<char>(op(static_cast<uint8_t>(out[at]), static_cast<uint8_t>(in[at])));
  }
}

// Combines a source, which may be shorter, into the result.
void apply(BitOp op, std::span<char> out, std::string_view in) {
  switch (op) {
    case BitOp::kAnd:
      combine(out.data(), in, [](auto a, auto b) { return a & b; });
      std::memset(out.data() + in.size(), 0, out.size() - in.size());
      break;
    case BitOp::kOr:
      combine(out.data(), in, [](auto a, auto b) { return a | b; });
      break;
    case BitOp::kXor:
      combine(out.data(), in, [](auto a, auto b) { return a ^ b; });
      break;
    case BitOp::kNot:
      combine(out.data(), in, [](auto, auto b) { return ~b; });
      break;
  }
}

// A string and, where it is kept as a number, room for its digits.
struct Source {
  std::string_view bytes = "";
  std::array<char, kInt64Chars> digits;
};

// Piece by piece, so that a piece of the result stays in the cache while all sources go into it.
void combine_sources(BitOp op, std::span<const Source> sources, std::span<char> out) {
  constexpr size_t kPiece = 8192;
  for (size_t at = 0; at < out.size(); at += kPiece) {
    auto piece = out.subspan(at, std::min(kPiece, out.size() - at));
    auto piece_of = [&](const Source& source) {
      return source.bytes.substr(std::min(at, source.bytes.size()), piece.size());
    };
    std::string_view first = piece_of(sources[0]);
    std::memcpy(piece.data(), first.data(), first.size());
    std::memset(piece.data() + first.size(), 0, piece.size() - first.size());
    if (op == BitOp::kNot) apply(op, piece, first);
    for (const Source& source : sources.subspan(1)) apply(op, piece, piece_of(source));
  }
}

}  // namespace

// BITOP AND|OR|XOR|NOT destination key [key ...]
// [task 2.7] Combine strings bit by bit.
void bitop_command(Client& client, Args args) {
  std::optional<BitOp> op = parse_bit_op(args[1]);
  if (!op) {
    client.reply.error(kSyntaxError);
    return;
  }
  if (op == BitOp::kNot && args.size() != 4) {
    client.reply.error("ERR BITOP NOT must be called with a single source key.");
    return;
  }
  Keyspace& keyspace = keyspace_of(client);
  Database& database = database_of(client);
  std::vector<Source> sources(args.size() - 3);
  size_t length = 0;
  for (size_t i = 0; i < sources.size(); i++) {
    Ref ref = database.read(args[i + 3]);
    if (!of_type(client, ref, ValueType::kString)) return;
    if (ref) sources[i].bytes = string_bytes(*ref, sources[i].digits.data());
    length = std::max(length, sources[i].bytes.size());
  }
  std::string_view key = args[2];
  if (length == 0) {
    if (database.remove(key)) keyspace.changed(database, key, "del", EventClass::kGeneric);
    client.reply.integer(0);
    return;
  }
  // Into a block of its own: the destination may be one of the sources.
  resp::BigBulk result(RawString::allocate(length));
  STRATA_ASSERT(result != nullptr, "no memory for a string of {} bytes", length);
  result->size = length;
  combine_sources(*op, sources, {result->data(), length});

  Entry::Shape shape;
  shape.key = key;
  if (length <= Entry::kMaxEmbedded) {
    shape_raw(shape, result->view());
  } else {
    shape.layout = Layout::kPointer;
    shape.pointer = result.release();
  }
  if (Ref present = database.write(key)) {
    database.replace(present, shape);
  } else {
    database.add(shape);
  }
  keyspace.changed(database, key, "set", EventClass::kString);
  client.reply.integer(static_cast<int64_t>(length));
}

}  // namespace strata::db
