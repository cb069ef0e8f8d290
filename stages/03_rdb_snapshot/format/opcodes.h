// The numbers of the RDB format, version 10.
//
//   file        = "REDIS0010" item* EOF checksum(8, LE)
//   item        = AUX name value | FUNCTION2 source | SELECTDB db | RESIZEDB keys keys-with-ttl | key-record
//   key-record  = [EXPIRETIME_MS i64] [IDLE seconds | FREQ byte] type key value
#pragma once

#include <cstdint>
#include <string_view>

namespace strata::rdb {

inline constexpr std::string_view kMagic = "REDIS";
inline constexpr int kVersion = 10;           // written; 1 to 10 are read
inline constexpr int kFirstWithChecksum = 5;  // older files end with the EOF opcode
inline constexpr size_t kVersionDigits = 4;

// Where a type or an opcode is expected. Below: value types.
enum Opcode : uint8_t {
  kFunction2 = 245,
  kFunctionPreview = 246,  // of release candidates of 7.0
  kModuleAux = 247,
  kIdle = 248,
  kFreq = 249,
  kAux = 250,
  kResizeDb = 251,
  kExpireTimeMs = 252,
  kExpireTime = 253,  // seconds, of old files
  kSelectDb = 254,
  kEof = 255,
};

// How a value is written. Those marked + are written, the others only read.
enum TypeId : uint8_t {
  kStringType = 0,         // +
  kListType = 1,           //   elements one by one
  kSetType = 2,            // +
  kSortedSetTextType = 3,  //   scores as text
  kHashType = 4,           // +
  kSortedSetType = 5,      // + scores as doubles
  kModulePreviewType = 6,
  kModuleType = 7,
  kHashZipmapType = 9,
  kListZiplistType = 10,
  kSetIntsetType = 11,  // +
  kSortedSetZiplistType = 12,
  kHashZiplistType = 13,
  kListQuicklistType = 14,  //   nodes are ziplists
  kStreamType = 15,
  kHashListpackType = 16,       // +
  kSortedSetListpackType = 17,  // +
  kListQuicklist2Type = 18,     // + nodes are listpacks, or one large element
  kStream2Type = 19,
};
inline constexpr uint8_t kTypeIds = 20;

// As redis-check-rdb calls them; "" where there is none.
std::string_view type_id_name(uint8_t type);

// Containers of a node of kListQuicklist2Type.
enum NodeContainer : uint8_t { kPlainNode = 1, kPackedNode = 2 };

// The first byte of a length: two bits for its form, or 11 and the number of a special string.
//   00xxxxxx  6 bits      01xxxxxx +1  14 bits      0x80 +4  32 bits BE      0x81 +8  64 bits BE
inline constexpr uint8_t kLength14 = 0x40;
inline constexpr uint8_t kLength32 = 0x80;
inline constexpr uint8_t kLength64 = 0x81;
inline constexpr uint8_t kSpecialString = 0xc0;
enum StringForm : uint8_t { kInt8Form = 0, kInt16Form = 1, kInt32Form = 2, kLzfForm = 3 };

// Scores as text: a length byte, or one of these.
inline constexpr uint8_t kTextNan = 253;
inline constexpr uint8_t kTextInfinity = 254;
inline constexpr uint8_t kTextMinusInfinity = 255;

}  // namespace strata::rdb
