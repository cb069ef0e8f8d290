#include "04_aof/load/log_loader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "04_aof/load/image_formats.h"
#include "04_aof/load/replay.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::aof {

namespace {

constexpr size_t kMagicBytes = 16;

double seconds_since(int64_t start_us) { return static_cast<double>(mono_us() - start_us) / 1e6; }

class LogLoader {
 public:
  LogLoader(resp::Server& server, const LogDirectory& directory, bool cut_allowed)
      : server_(server), directory_(directory), cut_allowed_(cut_allowed) {}

  Expected<LoadedLog> load() {
    const Manifest& manifest = directory_.manifest();
    std::vector<LogFileName> files = manifest.increments;
    if (manifest.base) files.insert(files.begin(), *manifest.base);
    if (Status measured = measure(files); !measured.ok()) return measured;
    LoadedLog loaded{.base_bytes = manifest.base ? directory_.bytes(*manifest.base) : 0};
    if (total_ == 0) return loaded;

    rdb::Loading::Session session(server_.get<rdb::Loading>(), total_);
    session_ = &session;
    const int64_t start_us = mono_us();
    for (size_t i = 0; i < files.size(); i++) {
      const int64_t file_us = mono_us();
      if (Status done = load_file(files[i], i + 1 == files.size()); !done.ok()) return done;
      if (server_.shutdown.stopping()) return loaded;
      const uint64_t bytes = directory_.bytes(files[i]);
      done_ += bytes;
      const std::string_view kind = i == 0 && manifest.base ? "base" : "incr";
      if (bytes > 0)
        log_notice("DB loaded from {} file {}: {:.3f} seconds", kind, files[i].file, seconds_since(file_us));
    }
    log_notice("DB loaded from append only file: {:.3f} seconds", seconds_since(start_us));
    loaded.bytes = done_;
    return loaded;
  }

 private:
  // Files that the manifest names must be there, empty or not.
  Status measure(const std::vector<LogFileName>& files) {
    for (const LogFileName& name : files) {
      struct stat about {};
      if (::stat(directory_.path(name.file).c_str(), &about) != 0) {
        return Status::error("Unable to obtain the AOF file {} length. stat: {}", name.file, std::strerror(errno));
      }
      total_ += static_cast<uint64_t>(about.st_size);
    }
    return {};
  }

  // Loads one file: an image, if it begins with one, then commands.
  Status load_file(const LogFileName& name, bool last) {
    const std::string path = directory_.path(name.file);
    Expected<rdb::FileSource> file = rdb::FileSource::open(path);
    if (!file) {
      return Status::error("Fatal error: can't open the append log file {} for reading: {}", name.file, file.message());
    }
    std::string first(kMagicBytes, '\0');
    const Expected<size_t> n = file->read({first.data(), first.size()});
    if (!n) return n.status();
    first.resize(*n);

    AfterImage rest{.ahead = first};
    auto report = [this](uint64_t offset) { return session_->progress(done_ + offset); };
    if (const ImageFormat* image = server_.get<ImageFormats>().recognise(first)) {
      Expected<rdb::FileSource> whole = rdb::FileSource::open(path);
      if (!whole) return whole.status();
      Expected<AfterImage> after = image->load(*whole, report);
      if (server_.shutdown.stopping()) return {};
      if (!after)
        return Status::error("Error reading the {} of the AOF file {}: {}", image->name, name.file, after.message());
      rest = *std::move(after);
      return replay(*whole, rest, name, last);
    }
    return replay(*file, rest, name, last);
  }

  Status replay(rdb::ByteSource& source, const AfterImage& rest, const LogFileName& name, bool last) {
    CommandReader reader(source, rest.ahead, rest.offset);
    ReplayEnd end;
    {
      Replay replay(server_, [this](uint64_t offset) { return session_->serve(done_ + offset); });
      end = replay.run(reader);
    }
    using How = ReplayEnd::How;
    switch (end.how) {
      case How::kWhole:
      case How::kStopped:
        return {};
      case How::kCut:
        return cut(name, end, last);
      case How::kRefused:
        return Status::error("{} reading the append only file {}", end.reason, name.file);
      case How::kBroken:
        break;
    }
    return Status::error(
        "Bad file format reading the append only file {}: make a backup of your AOF file, then use ./redis-check-aof "
        "--fix <filename.manifest>",
        name.file);
  }

  // [task 4.8] Take a command off that was not written to its end.
  Status cut(const LogFileName& name, const ReplayEnd& end, bool last) {
    if (!cut_allowed_) {
      return Status::error(
          "Unexpected end of file reading the append only file {}. You can: 1) Make a backup of your AOF file, then "
          "use "
          "./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' "
          "configuration option to yes and restart the server.",
          name.file);
    }
    if (!last) return Status::error("Fatal error: the truncated file is not the last file ({})", name.file);
    log_warning("!!! Warning: short read while loading the AOF file {}!!!", name.file);
    if (end.in_transaction) log_warning("Revert incomplete MULTI/EXEC transaction from AOF file {}", name.file);
    log_warning("!!! Truncating the AOF {} at offset {} !!!", name.file, end.good_bytes);
    if (::truncate(directory_.path(name.file).c_str(), static_cast<off_t>(end.good_bytes)) != 0) {
      return Status::from_errno("Error truncating the AOF file " + name.file);
    }
    log_warning("AOF {} loaded anyway because aof-load-truncated is enabled", name.file);
    return {};
  }

  resp::Server& server_;
  const LogDirectory& directory_;
  bool cut_allowed_;
  uint64_t total_ = 0;
  uint64_t done_ = 0;
  rdb::Loading::Session* session_ = nullptr;
};

}  // namespace

Expected<LoadedLog> load_log(resp::Server& server, const LogDirectory& directory, bool cut_allowed) {
  return LogLoader(server, directory, cut_allowed).load();
}

}  // namespace strata::aof
