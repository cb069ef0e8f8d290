// A log whose base is an image: what a rewrite has to write and a start has to read is a snapshot, and only what came
// after it is replayed command by command.
//
//   appendonly.aof.2.base.rdb     REDIS0010 ... aof-base 1 ... checksum       the data as of the fork
//   appendonly.aof.2.incr.aof     *2 SELECT 0 *3 SET ...                      the commands since then
//
// Redis 4 to 6 had both in one file, the commands right behind the checksum; it is read as well. What a file is, its first
// bytes tell, never its name.
#pragma once

#include "01_resp_server/server/server.h"
#include "04_aof/load/image_formats.h"
#include "04_aof/rewrite/base_format.h"

namespace strata::hybrid {

// What a rewrite's child writes: the data as of the fork.
Status write_image(resp::Server& server, rdb::ByteSink& sink, const rdb::SaveProgress& progress);

// Loads the image at the start of a file. `progress` hears how many bytes of it are done; false: the server is to end.
// Nothing is loaded of a file whose image is not whole: a cut end is an error, not a crash that is to be made good.
Expected<aof::AfterImage> load_image(resp::Server& server, rdb::ByteSource& source,
                                     const std::function<bool(uint64_t)>& progress);

// The two, as stage 4 wants them. The base is an image while `wanted`, which is an option and may change.
aof::BaseFormat image_base(resp::Server& server, const bool& wanted);
aof::ImageFormat image_format(resp::Server& server);

}  // namespace strata::hybrid
