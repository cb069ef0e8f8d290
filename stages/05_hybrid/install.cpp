#include "05_hybrid/install.h"

#include "04_aof/load/image_formats.h"
#include "04_aof/rewrite/base_format.h"
#include "05_hybrid/image_base.h"

namespace strata::hybrid {

namespace {

struct HybridOptions {
  bool image_base = true;  // aof-use-rdb-preamble
};

}  // namespace

// [task 5.1] Plug in: the option, what a rewrite writes, what a file may begin with.
void install(resp::Server& server) {
  auto& options = server.own<HybridOptions>();
  server.config.flag("aof-use-rdb-preamble", &options.image_base, true,
                     "write the base of the log as a snapshot: smaller, and loaded several times as fast");

  server.get<aof::BaseFormats>().add(image_base(server, options.image_base));  // what a rewrite writes
  server.get<aof::ImageFormats>().add(image_format(server));                   // what a file may begin with
}

}  // namespace strata::hybrid
