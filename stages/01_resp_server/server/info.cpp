#include "01_resp_server/server/info.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "common/todo.h"

namespace strata::resp {

namespace {

// The sections of Redis in its order. Ranks leave room between them.
struct KnownSection {
  std::string_view name;
  std::string_view title;
  int rank;
  bool by_default = true;
  bool in_all = true;
};
constexpr KnownSection kKnown[] = {
    {"server", "Server", 100},
    {"clients", "Clients", 200},
    {"memory", "Memory", 300},
    {"persistence", "Persistence", 400},
    {"stats", "Stats", 500},
    {"replication", "Replication", 600},
    {"cpu", "CPU", 700},
    {"modules", "Modules", 720, true, false},
    {"commandstats", "Commandstats", 740, false},
    {"errorstats", "Errorstats", 760},
    {"latencystats", "Latencystats", 780, false},
    {"cluster", "Cluster", 800},
    {"keyspace", "Keyspace", 900},
};

// The lines of a section while its contributors are merged.
class Merge {
 public:
  void take(std::string_view text) {
    while (!text.empty()) {
      size_t end = text.find("\r\n");
      put(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    last_ = npos;
  }
  void write(std::string& out) const {
    for (const std::string& line : lines_) out.append(line).append("\r\n");
  }

 private:
  static constexpr size_t npos = std::string::npos;
  static std::string_view field_of(std::string_view line) { return line.substr(0, line.find(':')); }

  void put(std::string_view line) {
    std::string_view field = field_of(line);
    auto same = [field](const std::string& each) { return field_of(each) == field; };
    auto found = std::find_if(lines_.begin(), lines_.end(), same);
    if (found != lines_.end()) {
      *found = line;
    } else {
      found = lines_.insert(last_ == npos ? lines_.end() : lines_.begin() + static_cast<ptrdiff_t>(last_) + 1,
                            std::string(line));
    }
    last_ = static_cast<size_t>(found - lines_.begin());
  }

  std::vector<std::string> lines_;
  size_t last_ = npos;  // the line that this contributor wrote last
};

}  // namespace

void InfoSection::render(std::string& out) const {
  std::string heading = title.empty() ? name : title;
  if (title.empty() && !heading.empty()) {
    heading[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(heading[0])));
  }
  out.append("# ").append(heading).append("\r\n");
  if (contributors.size() == 1) {  // nothing to merge, which matters where there is a line per command
    InfoWriter writer;
    contributors[0](writer);
    out += writer.text();
    return;
  }
  Merge merge;
  for (const Contributor& contributor : contributors) {
    InfoWriter writer;
    contributor(writer);
    merge.take(writer.text());
  }
  merge.write(out);
}

InfoSection& Info::section(std::string_view name, int rank, bool by_default) {
  for (auto& each : sections_) {
    if (each->name == name) return *each;
  }
  auto made = std::make_unique<InfoSection>(std::string(name), rank, by_default);
  for (const KnownSection& known : kKnown) {
    if (known.name != name) continue;
    made->title = known.title;
    made->rank = known.rank;
    made->by_default = known.by_default;
    made->in_all = known.in_all;
  }
  auto behind =
      std::find_if(sections_.begin(), sections_.end(), [&](const auto& each) { return each->rank > made->rank; });
  return **sections_.insert(behind, std::move(made));
}

std::string Info::render(const std::vector<std::string>& wanted) const {
  auto asked = [&wanted](std::string_view word) {
    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  };
  bool everything = asked("everything");
  bool all = asked("all");
  bool by_default = wanted.empty() || asked("default");
  std::string out;
  for (const auto& section : sections_) {
    bool shown = everything || (all && section->in_all) || (by_default && section->by_default) || asked(section->name);
    if (!shown) continue;
    if (!out.empty()) out += "\r\n";
    // In a starter a section may not be written yet: only who names it is refused for that.
    std::optional<TodoUnheard> unheard;
    if (!asked(section->name)) unheard.emplace();
    section->render(out);
  }
  return out;
}

}  // namespace strata::resp
