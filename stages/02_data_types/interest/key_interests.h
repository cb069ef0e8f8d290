// Who waits for or watches which keys: a line of members per key, in the order in which they joined.
//
//   database 0   "jobs"   -> member, member, member
//                "cart:7" -> member
//   database 1   "jobs"   -> member
//
// Keys are meant by database number and name, whether they exist or not: after SWAPDB a line concerns what its number
// stands for now. Joining, leaving and finding take constant time; a line exists as long as it has members. A Line*
// and a Place stay valid until their line's last member, or that member, leaves.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strata::db {

template <class Member>
class KeyInterests {
 public:
  struct Line {
    int db;
    std::string_view key;
    std::list<Member> members;
  };
  struct Place {
    Line* line;
    typename std::list<Member>::iterator at;
    Member& operator*() const { return *at; }
  };

  Place join(int db, std::string_view key, Member member) {
    size_t number = static_cast<size_t>(db);
    if (by_db_.size() <= number) by_db_.resize(number + 1);
    auto [it, fresh] = by_db_[number].try_emplace(std::string(key));
    Line& line = it->second;
    if (fresh) {
      line.db = db;
      line.key = it->first;
      lines_++;
    }
    line.members.push_back(std::move(member));
    return {&line, std::prev(line.members.end())};
  }

  void leave(Place place) {
    Line& line = *place.line;
    line.members.erase(place.at);
    if (!line.members.empty()) return;
    lines_--;
    auto& lines = by_db_[static_cast<size_t>(line.db)];
    lines.erase(lines.find(line.key));
  }

  bool empty() const { return lines_ == 0; }

  // Null where nobody is.
  Line* find(int db, std::string_view key) {
    size_t number = static_cast<size_t>(db);
    if (number >= by_db_.size()) return nullptr;
    auto it = by_db_[number].find(key);
    return it == by_db_[number].end() ? nullptr : &it->second;
  }

  // All lines of one database, in no order. Members may not join or leave meanwhile.
  void each(int db, const std::function<void(Line&)>& visit) {
    size_t number = static_cast<size_t>(db);
    if (number >= by_db_.size()) return;
    for (auto& [key, line] : by_db_[number]) visit(line);
  }
  size_t databases() const { return by_db_.size(); }  // numbers from here on have no lines

 private:
  struct BytesHash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  using Lines = std::unordered_map<std::string, Line, BytesHash, std::equal_to<>>;

  std::vector<Lines> by_db_;
  size_t lines_ = 0;
};

}  // namespace strata::db
