#include "05_hybrid/image_base.h"

#include "03_rdb_snapshot/format/opcodes.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/snapshot/snapshot_loader.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"
#include "common/log.h"

namespace strata::hybrid {

// [task 5.1] Write the base as an image.
aof::BaseFormat image_base(resp::Server& server, const bool& wanted) {
  return {
      .suffix = "rdb",
      .applies = [&wanted] { return wanted; },
      .write =
          [&server](rdb::ByteSink& sink, const rdb::SaveProgress& progress) {
            return rdb::write_snapshot(server, sink, rdb::ImageKind::kLogBase, progress);
          },
  };
}

namespace {

// [task 5.2] Load the image at the start of a file, and say where the commands begin.
Expected<aof::AfterImage> load_image(resp::Server& server, rdb::ByteSource& source,
                                     const std::function<bool(uint64_t)>& progress) {
  rdb::RdbReader in(source, server.get<rdb::RdbOptions>().checksum);
  in.on_progress([&] { return progress(in.offset()); });
  // Commands that follow may rely on a key that has expired since: they say themselves when it goes.
  const rdb::LoadOptions options{.keep_expired = true};
  rdb::LoadReport report;
  if (Status loaded = rdb::load_snapshot(server, in, options, &report); !loaded.ok()) return loaded;
  return aof::AfterImage{.ahead = std::string(in.unused()), .offset = in.offset()};
}

}  // namespace

aof::ImageFormat image_format(resp::Server& server) {
  return {
      .magic = rdb::kMagic,
      .name = "RDB preamble",
      .load = [&server](rdb::ByteSource& source,
                        const std::function<bool(uint64_t)>& progress) { return load_image(server, source, progress); },
  };
}

}  // namespace strata::hybrid
