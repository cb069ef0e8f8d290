// INFO: sections of "name:value" lines, contributed to by every stage.
//
//   server.info.section("persistence", 40).add([&log](InfoWriter& out) { out.field("aof_enabled", log.enabled); });
//
// A section has a rank (its place in the output) and any number of contributors, run in the order of registration.
// Sections that INFO does not show by default (commandstats, latencystats) are marked so.
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
  template <class... T>
  void line(fmt::format_string<T...> format, T&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(args)...);
    text_ += "\r\n";
  }
  std::string& text() { return text_; }

 private:
  template <class T>
  static const T& shown(const T& value) { return value; }
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

  std::string name;      // lower case; shown with its first letter in upper case
  int rank;
  bool by_default;       // part of INFO without arguments
  std::vector<Contributor> contributors;
};

class Info {
 public:
  // Finds or creates. Rank and default are those of the first call.
  InfoSection& section(std::string_view name, int rank = 1000, bool by_default = true);

  // The reply to INFO with these (lower case) section names: none, names, "default", "all", "everything".
  std::string render(const std::vector<std::string>& wanted) const;

 private:
  std::vector<std::unique_ptr<InfoSection>> sections_;
};

}  // namespace strata::resp
