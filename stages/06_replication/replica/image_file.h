// The image that a master sends, on its way into a temporary file of the working directory. The old data is served
// meanwhile; the file goes when it is not taken over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "06_replication/replica/image_head.h"
#include "common/files.h"
#include "common/status.h"

namespace strata::repl {

class ImageFile {
 public:
  ImageFile() = default;
  ~ImageFile() { drop(); }
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  Status begin(const ImageHead& head);
  // Takes what belongs to the image from the front of `bytes`.
  Status take(std::string_view* bytes);
  bool whole() const;
  // All of it is on the disk, without the mark. The file is the caller's from then on.
  Expected<std::string> finish();
  void drop();

  uint64_t size() const { return written_; }  // bytes so far, a mark included

 private:
  ImageHead head_;
  std::string name_;  // empty: there is none
  UniqueFd file_;
  std::optional<rdb::FileSink> sink_;
  std::string tail_;  // the last bytes that came, to be compared with the mark
  uint64_t written_ = 0;
};

}  // namespace strata::repl
