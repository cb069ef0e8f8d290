#include "05_hybrid/image_base.h"

#include "03_rdb_snapshot/format/opcodes.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/snapshot/snapshot_loader.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"

namespace strata::hybrid {

// [task 5.2] Write the data as an image that says what it is for.
Status write_image(resp::Server& server, rdb::ByteSink& sink, const rdb::SaveProgress& progress) {
  return rdb::write_snapshot(server, sink, rdb::ImageKind::kLogBase, progress);
}

namespace {

// How the image in front of commands is loaded.
// [task 5.4] Keep what those commands may still ask for.
// They say themselves when a key goes, and may rely on one that has expired since.
rdb::LoadOptions options_of_base() { return {.keep_expired = true}; }

// What of the file is left when its image is done.
// [task 5.5] Find the commands behind the image.
// The reader takes blocks; the end of the image lies somewhere within one.
aof::AfterImage rest_of(const rdb::RdbReader& in) { return {.ahead = std::string(in.unused()), .offset = in.offset()}; }

// [task 5.6] Let clients see how far the image is, and the operator end it.
void watch(rdb::RdbReader& in, const std::function<bool(uint64_t)>& progress) {
  in.on_progress([&in, &progress] { return progress(in.offset()); });
}

}  // namespace

// [task 5.3] Load the image at the start of a file.
Expected<aof::AfterImage> load_image(resp::Server& server, rdb::ByteSource& source,
                                     const std::function<bool(uint64_t)>& progress) {
  rdb::RdbReader in(source, server.get<rdb::RdbOptions>().checksum);
  watch(in, progress);
  rdb::LoadReport& report = server.get<rdb::Loading>().report();
  if (Status loaded = rdb::load_snapshot(server, in, options_of_base(), &report); !loaded.ok()) return loaded;
  return rest_of(in);
}

aof::BaseFormat image_base(resp::Server& server, const bool& wanted) {
  return {
      .suffix = "rdb",
      .applies = [&wanted] { return wanted; },
      .write = [&server](rdb::ByteSink& sink,
                         const rdb::SaveProgress& progress) { return write_image(server, sink, progress); },
  };
}

aof::ImageFormat image_format(resp::Server& server) {
  return {
      .magic = rdb::kMagic,
      .name = "RDB preamble",
      .load = [&server](rdb::ByteSource& source,
                        const std::function<bool(uint64_t)>& progress) { return load_image(server, source, progress); },
  };
}

}  // namespace strata::hybrid
