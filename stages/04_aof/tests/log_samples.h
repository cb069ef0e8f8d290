// What tests of the log are made of: commands as bytes, a source that gives them bit by bit, a folder.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

#include "03_rdb_snapshot/bytes/byte_source.h"

namespace strata::aof {

// Commands as they stand in a log; words are separated by single spaces.
inline std::string log_of(std::initializer_list<std::string_view> commands) {
  std::string out;
  for (const std::string_view command : commands) {
    out += "*" + std::to_string(1 + std::count(command.begin(), command.end(), ' ')) + "\r\n";
    for (size_t at = 0; at <= command.size();) {
      const size_t end = std::min(command.find(' ', at), command.size());
      out += "$" + std::to_string(end - at) + "\r\n" + std::string(command.substr(at, end - at)) + "\r\n";
      at = end + 1;
    }
  }
  return out;
}

// Gives at most `step` bytes at a time; with `fails`, an error where the end would be.
class TrickleSource final : public rdb::ByteSource {
 public:
  TrickleSource(std::string_view bytes, size_t step, bool fails = false) : left_(bytes), step_(step), fails_(fails) {}

  Expected<size_t> read(std::span<char> room) override {
    if (left_.empty() && fails_) return Status::error("the disk is gone");
    const size_t n = std::min({left_.size(), step_, room.size()});
    left_.copy(room.data(), n);
    left_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view left_;
  size_t step_;
  bool fails_;
};

// An empty folder that goes away with its content.
class TestFolder {
 public:
  TestFolder() {
    char name[] = "/tmp/strata-log-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(std::string_view file) const { return path_ + "/" + std::string(file); }
  std::string read(std::string_view file) const {
    std::ifstream in(*this / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(std::string_view file, std::string_view bytes) const {
    std::ofstream(*this / file, std::ios::binary) << bytes;
  }
  bool has(std::string_view file) const { return std::filesystem::exists(*this / file); }

 private:
  std::string path_;
};

}  // namespace strata::aof
