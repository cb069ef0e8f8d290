// Puts the master's data in the place of ours.
//
//   load_file    the old data goes, then the file is loaded                                        loading
//   load_from    as the image comes over the link, never on the disk:
//                into the empty databases                                                          loading
//                beside the old data, which is served until the new takes its place at one stroke  async_loading
//                (or not served, where the master's history is another one)                        loading
//
// The log of writes (AOF) pauses meanwhile, and begins anew with the new data. An image that is no image ends the server,
// as in Redis; a link that breaks does not: what was loaded so far goes, and old data that stood aside stays as it was.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/db/database.h"
#include "01_resp_server/server/server.h"
#include "06_replication/master/master.h"
#include "06_replication/options.h"
#include "06_replication/replica/image_head.h"
#include "06_replication/replica/link_source.h"
#include "06_replication/replica/stream_reader.h"
#include "06_replication/stream/replication_stream.h"

namespace strata::repl {

// The point of somebody's history that an image stands for.
struct ImageMoment {
  std::string id;
  int64_t offset = -1;  // -1: a master of old, which does not tell
};

class ImageLoader {
 public:
  // What an image says of its own history is found here after it was loaded.
  struct Remembered {
    std::string id;
    int64_t offset = -1;
    int db = -1;
  };

  ImageLoader(resp::Server& server, const Options& options, ReplicationStream& stream, Master& master);

  // Called when the old data goes, or has gone: from then on there is nothing to continue.
  std::function<void()> on_old_data_gone;
  Remembered remembered;

  // Is the image that is about to come to be loaded as it comes?
  bool from_link() const;

  Status load_file(const std::string& file, const ImageMoment& moment, StreamReader& reader);
  Status load_from(LinkSource& source, const ImageHead& head, const ImageMoment& moment, StreamReader& reader);

 private:
  using Databases = std::vector<std::unique_ptr<db::Database>>;

  void drop_old_data();
  void let_go_of_history();
  void exchange(Databases& databases);
  Status parse(LinkSource& source, const ImageHead& head, bool serve_old, Databases& into);
  void begin_history(const ImageMoment& moment, StreamReader& reader);

  resp::Server& server_;
  const Options& options_;
  ReplicationStream& stream_;
  Master& master_;
};

}  // namespace strata::repl
