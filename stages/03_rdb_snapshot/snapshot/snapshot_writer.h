// Writes all databases as one RDB image: header, what it says of itself, database after database, end, checksum.
#pragma once

#include <cstdint>
#include <functional>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/bytes/byte_sink.h"

namespace strata::rdb {

// What the image is for.
enum class ImageKind : uint8_t {
  kSnapshot,  // a file of its own, or what a replica gets
  kLogBase,   // the base of an append-only log: it says so, and nothing of replication
};

// What of the data stands in an image: not all of it where a replica has asked for a part.
struct ImageParts {
  bool keys = true;
  bool functions = true;
  bool operator==(const ImageParts&) const = default;
};

// Told how many keys have been written so far, every now and then. A child passes it on to its parent.
using SaveProgress = std::function<void(uint64_t keys)>;

// The keyspace must not change meanwhile: call it where nothing else runs (SAVE) or in a forked child.
Status write_snapshot(resp::Server& server, ByteSink& sink, ImageKind kind, const SaveProgress& progress = {},
                      ImageParts parts = {});

}  // namespace strata::rdb
