// A BY or GET pattern of SORT: where to look for what belongs to an element.
//
//   #                 the element itself
//   weight_*          the string at the key that has the element in the place of the first '*'
//   object_*->name    the field "name" of the hash at that key
//   anything else     nothing
//
// Characters behind a zero byte play no part in finding '*' and "->". Used within one command: the elements it hands out
// are borrowed from the keyspace, which must not change meanwhile.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "01_resp_server/db/database.h"
#include "02_data_types/values/element.h"

namespace strata::db {

class SortPattern {
 public:
  explicit SortPattern(std::string_view pattern);

  // Does what it finds follow from the element? Sorting by anything else is not sorting.
  bool has_placeholder() const { return placeholder_; }

  // Nothing when there is no such key or field, or when it is of another type. Counts as a read of the key.
  std::optional<Element> find(Database& database, const Element& member);
  // Brings what find() will look at into the cache, for several members at once.
  void prefetch(const Database& database, std::span<const Element> members);

 private:
  void append_key(std::string& to, const Element& member) const;

  bool self_ = false;
  bool placeholder_ = false;
  std::string_view before_;  // of the key: what stands on either side of the member
  std::string_view behind_;
  std::string_view field_;  // empty: the key holds a string
  std::string key_;
};

}  // namespace strata::db
