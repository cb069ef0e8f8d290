#include "04_aof/check/log_checker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "03_rdb_snapshot/check/check_aloud.h"
#include "04_aof/check/log_scan.h"
#include "04_aof/check/mapped_file.h"
#include "common/files.h"
#include "common/log.h"

namespace strata::aof {

namespace {

constexpr size_t kSmallestImage = 8;

bool begins_with_image(std::string_view bytes) {
  return bytes.size() >= kSmallestImage && bytes.starts_with(rdb::kMagic);
}

// A manifest has a line that begins with "file"; a log has its first command or its image before any such line.
bool is_manifest(std::string_view bytes) {
  while (!bytes.empty() && !bytes.starts_with('*') && !begins_with_image(bytes)) {
    if (bytes.starts_with("file")) return true;
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  }
  return false;
}

Status cut(const std::string& path, uint64_t bytes) {
  Expected<UniqueFd> fd = open_file(path, O_WRONLY);
  if (!fd) return fd.status();
  if (::ftruncate(fd->get(), static_cast<off_t>(bytes)) != 0) return Status::from_errno("ftruncate");
  if (::fsync(fd->get()) != 0) return Status::from_errno("fsync");
  return {};
}

bool cut_or_say_why(const std::string& path, const std::string& name, uint64_t bytes) {
  const Status done = cut(path, bytes);
  if (!done.ok()) fmt::print("Failed to truncate AOF {}: {}\n", name, done.message());
  return done.ok();
}

}  // namespace

bool LogChecker::check(const std::string& path) {
  const Expected<MappedFile> file = MappedFile::open(path);
  if (!file) {
    fmt::print("Cannot open file {}: {}\n", path, file.message());
    return false;
  }
  if (is_manifest(file->bytes())) {
    fmt::print("Start checking Multi Part AOF\n");
    return check_parts(path, file->bytes());
  }
  fmt::print("Start checking Old-Style AOF\n");
  return check_file({.path = path, .name = path, .kind = "AOF", .may_begin_with_image = true, .last = true},
                    file->bytes());
}

bool LogChecker::check_parts(const std::string& path, std::string_view text) {
  const Expected<Manifest> manifest = Manifest::parse(text);
  if (!manifest) {
    std::fflush(stdout);  // the log goes around its buffer
    log_warning("*** FATAL AOF MANIFEST FILE ERROR ***");
    log_warning("{}", manifest.message());
    return false;
  }
  const std::string directory = directory_of(path);
  if (manifest->base && !check_base(*manifest, directory)) return false;
  if (!manifest->increments.empty()) fmt::print("Start to check INCR files.\n");
  for (const LogFileName& increment : manifest->increments) {
    const File file{.path = directory + "/" + increment.file,
                    .name = increment.file,
                    .kind = "INCR AOF",
                    .may_begin_with_image = false,
                    .last = increment == manifest->increments.back()};
    const Expected<MappedFile> mapped = MappedFile::open(file.path);
    if (!mapped) {
      fmt::print("Cannot open file {}: {}, aborting...\n", file.path, mapped.message());
      return false;
    }
    if (!check_file(file, mapped->bytes())) return false;
  }
  fmt::print("All AOF files and manifest are valid\n");
  return true;
}

bool LogChecker::check_base(const Manifest& manifest, const std::string& directory) {
  const File file{.path = directory + "/" + manifest.base->file,
                  .name = manifest.base->file,
                  .kind = "BASE AOF",
                  .may_begin_with_image = true,
                  .last = manifest.increments.empty()};
  const Expected<MappedFile> mapped = MappedFile::open(file.path);
  if (!mapped) {
    fmt::print("Cannot open file {}: {}\n", file.path, mapped.message());
    return false;
  }
  fmt::print("Start to check BASE AOF ({} format).\n", begins_with_image(mapped->bytes()) ? "RDB" : "RESP");
  return check_file(file, mapped->bytes());
}

// Checks one file of a log, and cuts off its bad end when that is asked for.
bool LogChecker::check_file(const File& file, std::string_view bytes) {
  if (bytes.empty()) {
    fmt::print("{} {} is empty\n", file.kind, file.name);
    return true;
  }
  uint64_t image = 0;
  if (file.may_begin_with_image && begins_with_image(bytes) && !check_image(file, bytes, &image)) return false;
  const LogScan scan = scan_log(bytes, image, file.name, options_.until);
  line_ += scan.lines;
  if (scan.unreadable_time) {
    fmt::print("Invalid timestamp annotation\n");
    return false;
  }
  if (scan.in_time) return cut_in_time(file, *scan.in_time);
  if (!scan.problem.empty()) fmt::print("{}\n", scan.problem);
  if (options_.until && scan.whole) {
    fmt::print("Truncate nothing in AOF {} to timestamp {}\n", file.name, *options_.until);
  } else {
    fmt::print("AOF analyzed: filename={}, size={}, ok_up_to={}, ok_up_to_line={}, diff={}\n", file.name, bytes.size(),
               scan.good_bytes, line_, bytes.size() - scan.good_bytes);
  }
  if (!scan.whole) return cut_bad_end(file, bytes.size(), scan.good_bytes);
  fmt::print("{} {} is valid\n", file.kind, file.name);
  return true;
}

bool LogChecker::check_image(const File& file, std::string_view bytes, uint64_t* end) {
  rdb::RdbReader in(bytes);
  if (!rdb::check_aloud(server_, in, file.name).ok) {
    fmt::print("RDB preamble of AOF file is not sane, aborting.\n");
    return false;
  }
  fmt::print("RDB preamble is OK, proceeding with AOF tail...\n");
  *end = in.offset();
  return true;
}

bool LogChecker::cut_in_time(const File& file, uint64_t bytes) {
  if (bytes == 0) {
    fmt::print("AOF {} has nothing before timestamp {}, aborting...\n", file.path, *options_.until);
    return false;
  }
  if (!file.last) {
    fmt::print(
        "Failed to truncate AOF {} to timestamp {} to offset {} because it is not the last file.\n"
        "To cut there, first delete the files that the manifest lists after it, and their lines in the manifest.\n",
        file.path, *options_.until, bytes);
    return false;
  }
  if (!cut_or_say_why(file.path, file.name, bytes)) return false;
  fmt::print("Successfully truncated AOF {} to timestamp {}\n", file.name, *options_.until);
  return true;
}

bool LogChecker::cut_bad_end(const File& file, uint64_t size, uint64_t good) {
  if (!options_.fix) {
    fmt::print("AOF {} is not valid. Use the --fix option to try fixing it.\n", file.name);
    return false;
  }
  if (!file.last) {
    fmt::print("Failed to truncate AOF {} because it is not the last file\n", file.name);
    return false;
  }
  fmt::print("This will shrink the AOF {} from {} bytes, with {} bytes, to {} bytes\n", file.name, size, size - good,
             good);
  if (!options_.agree()) {
    fmt::print("Aborting...\n");
    return false;
  }
  if (!cut_or_say_why(file.path, file.name, good)) return false;
  fmt::print("Successfully truncated AOF {}\n", file.name);
  return true;
}

}  // namespace strata::aof
