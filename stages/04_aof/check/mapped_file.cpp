#include "04_aof/check/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "common/files.h"

namespace strata::aof {

Expected<MappedFile> MappedFile::open(const std::string& path) {
  const Expected<UniqueFd> fd = open_file(path, O_RDONLY);
  struct stat about {};
  if (!fd || ::fstat(fd->get(), &about) != 0) return Status::error(std::strerror(errno));
  if (S_ISDIR(about.st_mode)) return Status::error(std::strerror(EISDIR));
  const auto size = static_cast<size_t>(about.st_size);
  if (size == 0) return MappedFile({});  // the system maps no nothing
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd->get(), 0);
  if (start == MAP_FAILED) return Status::error(std::strerror(errno));
  (void)::madvise(start, size, MADV_SEQUENTIAL);
  return MappedFile({static_cast<const char*>(start), size});
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace strata::aof
