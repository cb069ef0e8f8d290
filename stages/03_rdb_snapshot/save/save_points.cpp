#include "03_rdb_snapshot/save/save_points.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "common/text.h"

namespace strata::rdb {

namespace {

// As C reads numbers ("+5", "007"), unlike the numbers of commands.
bool read_number(const std::string& word, int64_t least, int64_t* number) {
  char* end = nullptr;
  errno = 0;
  *number = std::strtoll(word.c_str(), &end, 10);
  return !word.empty() && *end == '\0' && errno == 0 && *number >= least;
}

// [task 3.12] Read pairs of seconds and changes.
Status read_points(const resp::Config::Words& words, std::vector<SavePoint>* points) {
  if (words.size() == 1 && words[0].empty()) return {};
  if (words.size() % 2 != 0) return Status::error("Invalid save parameters");
  for (size_t i = 0; i < words.size(); i += 2) {
    SavePoint point;
    if (!read_number(words[i], 1, &point.seconds) || !read_number(words[i + 1], 0, &point.changes)) {
      return Status::error("Invalid save parameters");
    }
    points->push_back(point);
  }
  return {};
}

}  // namespace

SavePoints::SavePoints() { (void)set(*split_args(kDefault)); }

Status SavePoints::set(const resp::Config::Words& words) {
  std::vector<SavePoint> points;
  Status read = read_points(words, &points);
  if (read.ok()) points_ = std::move(points);
  return read;
}

Status SavePoints::add_line(const resp::Config::Words& words) {
  std::vector<SavePoint> points;
  if (Status read = read_points(words, &points); !read.ok()) return read;
  if (!given_ || points.empty()) points_.clear();
  given_ = true;
  points_.insert(points_.end(), points.begin(), points.end());
  return {};
}

std::string SavePoints::text() const {
  std::string text;
  for (const SavePoint& point : points_) {
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : " ", point.seconds, point.changes);
  }
  return text;
}

std::vector<std::string> SavePoints::lines() const {
  std::vector<std::string> lines;
  for (const SavePoint& point : points_) lines.push_back(fmt::format("save {} {}", point.seconds, point.changes));
  if (lines.empty()) lines.push_back("save \"\"");
  return lines;
}

// [task 3.12] Find a save point that asks for a snapshot now.
const SavePoint* SavePoints::due(uint64_t changes, int64_t seconds) const {
  for (const SavePoint& point : points_) {
    if (changes >= static_cast<uint64_t>(point.changes) && seconds > point.seconds) return &point;
  }
  return nullptr;
}

}  // namespace strata::rdb
