#include "03_rdb_snapshot/dump/dump_payload.h"

#include <cstring>

#include "common/crc64.h"

namespace strata::rdb {

namespace {

constexpr size_t kVersionBytes = 2;
constexpr size_t kChecksumBytes = 8;
constexpr size_t kBuffer = 16 * 1024;

template <class T>
void append(std::string& out, T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

}  // namespace

// [task 3.2] A value with its type in front and version and checksum behind it.
std::string dump_value(const ValueCodecs& codecs, const Entry& entry, bool compress) {
  MemorySink sink;
  RdbWriter out(sink, {.compress = compress, .checksum = false, .buffer = kBuffer});
  codecs.save(entry, out);
  (void)out.flush();
  return sealed_payload(std::move(sink.bytes()));
}

// [task 3.2] Put version and checksum behind what a payload holds.
std::string sealed_payload(std::string contents) {
  append(contents, static_cast<uint16_t>(kVersion));
  append(contents, crc64(0, contents));
  return contents;
}

// [task 3.4] Trust a payload only with a version that is known and the right checksum.
bool check_payload(std::string_view payload, bool check_sum, std::string_view* value) {
  if (payload.size() < kVersionBytes + kChecksumBytes) return false;
  *value = payload.substr(0, payload.size() - kVersionBytes - kChecksumBytes);
  uint16_t version = 0;
  uint64_t stored = 0;
  std::memcpy(&version, payload.data() + value->size(), sizeof version);
  std::memcpy(&stored, payload.data() + value->size() + kVersionBytes, sizeof stored);
  if (version > kVersion) return false;
  return !check_sum || crc64(0, payload.substr(0, payload.size() - kChecksumBytes)) == stored;
}

}  // namespace strata::rdb
