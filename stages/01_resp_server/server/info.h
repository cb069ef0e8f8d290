// INFO: sections of "name:value" lines, contributed to by every stage.
//
//   server.info.section("persistence").add([&](InfoWriter& out) { out.field("aof_enabled", log.enabled); });
//
// A section has a rank (its place in the output) and any number of contributors, run in the order of
// registration. The sections that Redis has are known with their rank, in Redis's order.
//
// A field that an earlier contributor wrote is replaced where it stands, and the new fields that follow it
// are put behind it. So stage 1 writes every field that a bare server shows, in Redis's order, and the stage
// that owns one writes it again with its true value:
//
//   stage 1    role:master | connected_slaves:0 | ...
//   stage 6    role:slave, master_host:::1, connected_slaves:2
//   shown      role:slave | master_host:::1 | connected_slaves:2 | ...
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace strata::resp {

class InfoWriter {
 public:
  template <class T>
  void field(std::string_view name, const T& value) {
    fmt::format_to(std::back_inserter(text_), "{}:{}\r\n", name, shown(value));
  }
  // A whole line, without its end. "name:..." counts as the field `name`.
  template <class... T>
  void line(fmt::format_string<T...> format, T&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(args)...);
    text_ += "\r\n";
  }
  std::string& text() { return text_; }

 private:
  template <class T>
  static const T& shown(const T& value) {
    return value;
  }
  static int shown(bool value) { return value ? 1 : 0; }
  std::string text_;
};

class InfoSection {
 public:
  using Contributor = std::function<void(InfoWriter&)>;
  InfoSection(std::string its_name, int its_rank, bool shown_by_default)
      : name(std::move(its_name)), rank(its_rank), by_default(shown_by_default) {}
  InfoSection& add(Contributor contributor) {
    contributors.push_back(std::move(contributor));
    return *this;
  }
  // The heading and the lines, every line ended.
  void render(std::string& out) const;

  std::string name;   // lower case
  std::string title;  // as the heading shows it; empty: the name with its first letter in upper case
  int rank;
  bool by_default;     // part of INFO without arguments
  bool in_all = true;  // part of INFO all; INFO everything shows every section
  std::vector<Contributor> contributors;
};

class Info {
 public:
  // Finds or creates. Rank and default are those of the first call; a section that Redis has needs neither.
  InfoSection& section(std::string_view name, int rank = 1000, bool by_default = true);

  // The reply to INFO with these (lower case) section names: none, names, "default", "all", "everything".
  // Unknown names show nothing.
  std::string render(const std::vector<std::string>& wanted) const;

 private:
  std::vector<std::unique_ptr<InfoSection>> sections_;
};

}  // namespace strata::resp
