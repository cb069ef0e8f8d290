#include "03_rdb_snapshot/snapshot/snapshot_parser.h"

#include <algorithm>
#include <cstdlib>

namespace strata::rdb {

std::string_view SnapshotParser::doing_name() const {
  static constexpr std::string_view kNames[] = {
      "start",     "read-type", "read-expire", "read-key",        "read-object-value",
      "check-sum", "read-len",  "read-aux",    "read-module-aux", "read-functions"};
  return kNames[static_cast<size_t>(doing_)];
}

// [task 3.8] Walk through the items until the end.
bool SnapshotParser::parse() {
  if (!header()) return false;
  for (;;) {
    uint8_t opcode = 0;
    doing_ = Doing::kType;
    if (!in_.byte(&opcode)) return false;
    if (opcode == kEof) return end();
    if (!item(opcode)) return false;
  }
}

bool SnapshotParser::header() {
  std::string_view head;
  if (!in_.bytes(kMagic.size() + kVersionDigits, &head)) return false;
  if (!head.starts_with(kMagic)) return in_.fail("Wrong signature trying to load DB from file");
  version_ = std::atoi(std::string(head.substr(kMagic.size())).c_str());
  if (version_ < 1 || version_ > kVersion) return in_.fail("Can't handle RDB format version {}", version_);
  return true;
}

// [task 3.8] One item of a file, told by its opcode.
bool SnapshotParser::item(uint8_t opcode) {
  uint8_t frequency = 0;
  uint64_t idle = 0;
  switch (opcode) {
    case kAux:
      return aux();
    case kSelectDb:
      return database();
    case kResizeDb:
      return size_hint();
    case kExpireTimeMs:
      return expiry(sizeof(int64_t));
    case kExpireTime:
      return expiry(sizeof(int32_t));
    case kFreq:
      if (!in_.byte(&frequency)) return false;
      record_.frequency = frequency;
      return true;
    case kIdle:
      if (!in_.length(&idle)) return false;
      record_.idle_seconds = idle;
      return true;
    case kFunction2:
    case kFunctionPreview:
      return function(opcode);
    case kModuleAux:
      return module_aux();
    default:
      return key(opcode);
  }
}

bool SnapshotParser::aux() {
  doing_ = Doing::kAux;
  std::string name;
  std::string_view value;
  return in_.string_into(&name) && in_.string(&value) && listener_.aux(name, value);
}

bool SnapshotParser::database() {
  doing_ = Doing::kLength;
  uint64_t index = 0;
  return in_.length(&index) && listener_.database(index);
}

bool SnapshotParser::size_hint() {
  doing_ = Doing::kLength;
  uint64_t keys = 0;
  uint64_t with_expiry = 0;
  return in_.length(&keys) && in_.length(&with_expiry) && listener_.size_hint(keys, with_expiry);
}

bool SnapshotParser::expiry(size_t bytes) {
  doing_ = Doing::kExpire;
  uint64_t bits = 0;
  if (!in_.little_endian(&bits, bytes)) return false;
  const auto time =
      bytes == sizeof(int32_t) ? static_cast<int64_t>(static_cast<int32_t>(bits)) * 1000 : static_cast<int64_t>(bits);
  record_.expiry_ms = std::max<int64_t>(time, 0);  // before 1970 is as much in the past
  return true;
}

// The release candidates of 7.0 wrote apart what is the first line of the code today.
bool SnapshotParser::function(uint8_t opcode) {
  doing_ = Doing::kFunctions;
  std::string whole;
  std::string_view code;
  if (opcode == kFunctionPreview) {
    std::string name;
    std::string engine;
    uint64_t described = 0;
    if (!in_.string_into(&name) || !in_.string_into(&engine) || !in_.length(&described)) return false;
    if (described != 0 && !in_.skip_string()) return false;
    whole = fmt::format("#!{} name={}\n", engine, name);
  }
  if (!in_.string(&code)) return false;
  return listener_.function_library(whole.empty() ? code : whole.append(code));
}

// The nine letters of a module's name are the upper 54 bits of its id.
bool SnapshotParser::module_aux() {
  doing_ = Doing::kModuleAux;
  uint64_t id = 0;
  if (!in_.length(&id)) return false;
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name;
  for (int i = 0; i < 9; i++) name += kLetters[id >> (58 - 6 * i) & 63];
  return in_.fail("The RDB file contains AUX module data I can't load: no matching module '{}'", name);
}

bool SnapshotParser::key(uint8_t type) {
  doing_ = Doing::kKey;
  record_.type = type;
  if (!in_.string_into(&record_.key)) return false;
  in_key_ = true;
  doing_ = Doing::kValue;
  if (!listener_.key(in_, record_)) return false;
  in_key_ = false;
  record_.expiry_ms = -1;
  record_.idle_seconds.reset();
  record_.frequency.reset();
  return true;
}

// [task 3.8] Compare the checksum, where there is one.
bool SnapshotParser::end() {
  if (version_ < kFirstWithChecksum) return true;
  doing_ = Doing::kChecksum;
  const uint64_t computed = in_.checksum();
  uint64_t stored = 0;
  if (!in_.little_endian(&stored, sizeof stored)) return false;
  if (!check_sum_) return true;
  unchecked_ = stored == 0;
  if (unchecked_ || stored == computed) return true;
  return in_.fail("Wrong RDB checksum expected: ({:x}) but got ({:x}). Aborting now.", computed, stored);
}

}  // namespace strata::rdb
