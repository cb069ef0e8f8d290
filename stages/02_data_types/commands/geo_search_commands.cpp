// GEOSEARCH, GEOSEARCHSTORE and the older GEORADIUS commands, each of which is a search with its centre and circle in
// fixed places of the command.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "02_data_types/commands/geo_commands.h"
#include "02_data_types/commands/sorted_set_commands.h"
#include "02_data_types/geo/geo_search.h"

namespace strata::resp {

namespace {

using db::Ref;
using db::SortedSetValue;
using db::ValueType;
using geo::FoundPlace;
using geo::Shape;

enum class Order : uint8_t { kFound, kNearest, kFarthest };

struct GeoQuery {
  std::optional<SortedSetValue> places = {};  // none: the key does not exist
  Shape shape = {};
  // Which of FROMMEMBER and FROMLONLAT was given, and which of BYRADIUS and BYBOX: the other one is refused then.
  enum class Center : uint8_t { kMissing, kMember, kPoint };
  Center center = Center::kMissing;
  std::optional<Shape::Kind> area = {};

  Order order = Order::kFound;
  int64_t count = 0;  // 0: all
  bool any = false;   // the first ones found will do
  bool with_distance = false;
  bool with_hash = false;
  bool with_point = false;

  bool may_store = false;  // STORE and STOREDIST are options
  std::optional<std::string_view> target = {};
  bool store_distance = false;
};

bool fail(Client& client, std::string_view error) {
  client.reply.error(error);
  return false;
}

// Answers the error and returns false when the key holds something else.
// [task 2.8] Look up the places that are to be searched.
bool find_places(Client& client, std::string_view key, GeoQuery* query) {
  Ref ref = database_of(client).read(key);
  if (!of_type(client, ref, ValueType::kSortedSet)) return false;
  if (ref) query->places.emplace(*ref);
  return true;
}

// Without places there is no centre, but the rest of the command is still read.
bool read_member(Client& client, std::string_view member, GeoQuery* query) {
  query->center = GeoQuery::Center::kMember;
  if (!query->places) return true;
  auto score = query->places->score(member);
  if (!score) return fail(client, "ERR could not decode requested zset member");
  query->shape.center = geo::point_of(*score);
  return true;
}

// radius unit
bool read_circle(Client& client, Args words, GeoQuery* query) {
  Shape& shape = query->shape;
  query->area = shape.kind = Shape::Kind::kCircle;
  if (!parse_double(words[0], &shape.radius)) return fail(client, "ERR need numeric radius");
  if (shape.radius < 0) return fail(client, "ERR radius cannot be negative");
  return read_unit(client, words[1], &shape.unit);
}

// width height unit
bool read_box(Client& client, Args words, GeoQuery* query) {
  Shape& shape = query->shape;
  query->area = shape.kind = Shape::Kind::kBox;
  if (!parse_double(words[0], &shape.width)) return fail(client, "ERR need numeric width");
  if (!parse_double(words[1], &shape.height)) return fail(client, "ERR need numeric height");
  if (shape.width < 0 || shape.height < 0) return fail(client, "ERR height or width cannot be negative");
  return read_unit(client, words[2], &shape.unit);
}

// Options that both families have. `taken`: the words read, 0 when this is none of them. False after an error.
bool read_common_option(Client& client, Args words, GeoQuery* query, size_t* taken) {
  std::string_view option = words[0];
  *taken = 1;
  if (equals_nocase(option, "WITHDIST")) {
    query->with_distance = true;
  } else if (equals_nocase(option, "WITHHASH")) {
    query->with_hash = true;
  } else if (equals_nocase(option, "WITHCOORD")) {
    query->with_point = true;
  } else if (equals_nocase(option, "ANY")) {
    query->any = true;
  } else if (equals_nocase(option, "ASC")) {
    query->order = Order::kNearest;
  } else if (equals_nocase(option, "DESC")) {
    query->order = Order::kFarthest;
  } else if (equals_nocase(option, "COUNT") && words.size() > 1) {
    *taken = 2;
    if (!integer_argument(client, words[1], &query->count)) return false;
    if (query->count <= 0) return fail(client, "ERR COUNT must be > 0");
  } else {
    *taken = 0;
  }
  return true;
}

bool read_radius_option(Client& client, Args words, GeoQuery* query, size_t* taken) {
  bool distance = equals_nocase(words[0], "STOREDIST");
  if (!query->may_store || words.size() < 2 || !(distance || equals_nocase(words[0], "STORE"))) {
    return fail(client, kSyntaxError);
  }
  query->target = words[1];
  query->store_distance = distance;
  *taken = 2;
  return true;
}

bool read_search_option(Client& client, Args words, GeoQuery* query, size_t* taken) {
  using Center = GeoQuery::Center;
  std::string_view option = words[0];
  if (equals_nocase(option, "FROMMEMBER") && words.size() > 1 && query->center != Center::kPoint) {
    *taken = 2;
    return read_member(client, words[1], query);
  }
  if (equals_nocase(option, "FROMLONLAT") && words.size() > 2 && query->center != Center::kMember) {
    *taken = 3;
    query->center = Center::kPoint;
    return read_point(client, words[1], words[2], &query->shape.center);
  }
  if (equals_nocase(option, "BYRADIUS") && words.size() > 2 && query->area != Shape::Kind::kBox) {
    *taken = 3;
    return read_circle(client, words.subspan(1), query);
  }
  if (equals_nocase(option, "BYBOX") && words.size() > 3 && query->area != Shape::Kind::kCircle) {
    *taken = 4;
    return read_box(client, words.subspan(1), query);
  }
  if (equals_nocase(option, "STOREDIST") && query->target) {
    *taken = 1;
    query->store_distance = true;
    return true;
  }
  return fail(client, kSyntaxError);
}

using ReadOption = bool (*)(Client&, Args, GeoQuery*, size_t*);

bool read_options(Client& client, Args words, ReadOption read_own, GeoQuery* query) {
  while (!words.empty()) {
    size_t taken = 0;
    if (!read_common_option(client, words, query, &taken)) return false;
    if (taken == 0 && !read_own(client, words, query, &taken)) return false;
    words = words.subspan(taken);
  }
  return true;
}

bool check_target(Client& client, std::string_view storing, const GeoQuery& query) {
  if (query.target && (query.with_distance || query.with_hash || query.with_point)) {
    return fail(client, fmt::format("ERR {} is not compatible with WITHDIST, WITHHASH and WITHCOORD options", storing));
  }
  return true;
}

// Nearest or farthest first; of more than `count`, only as many are brought into order.
void sort_places(std::vector<FoundPlace>& found, Order order, size_t count) {
  auto before = [order](const FoundPlace& a, const FoundPlace& b) {
    return order == Order::kNearest ? a.meters < b.meters : a.meters > b.meters;
  };
  if (count < found.size()) {
    auto middle = found.begin() + static_cast<ptrdiff_t>(count);
    std::partial_sort(found.begin(), middle, found.end(), before);
  } else {
    std::stable_sort(found.begin(), found.end(), before);
  }
}

void reply_places(Reply& reply, std::span<const FoundPlace> found, const GeoQuery& query) {
  size_t details = size_t{query.with_distance} + query.with_hash + query.with_point;
  reply.array(found.size());
  for (const FoundPlace& place : found) {
    if (details > 0) reply.array(1 + details);
    reply_element(reply, place.member);
    if (query.with_distance) reply_distance(reply, place.meters / query.shape.unit);
    if (query.with_hash) reply.integer(static_cast<int64_t>(place.score));
    if (query.with_point) reply_point(reply, geo::point_of(place.score));
  }
}

void store_places(Client& client, std::span<const FoundPlace> found, const GeoQuery& query, std::string_view event) {
  auto result = std::make_unique<db::RankedTable>();
  for (const FoundPlace& place : found) {
    db::Element::Digits digits;
    std::string_view member = place.member.as_text(digits);
    double score = query.store_distance ? place.meters / query.shape.unit : place.score;
    result->insert(score, member, db::hash_of(member));
  }
  store_sorted_set(client, *query.target, std::move(result), event, found.size());
}

// `event`: what is told when the result is stored.
void answer(Client& client, GeoQuery& query, std::string_view event) {
  if (query.any && query.count == 0) {
    client.reply.error("ERR the ANY argument requires COUNT argument");
    return;
  }
  std::vector<FoundPlace> found;
  auto count = static_cast<size_t>(query.count);
  if (query.places) {
    // The first of all can only be told when all are in order.
    if (count != 0 && query.order == Order::kFound && !query.any) query.order = Order::kNearest;
    found = geo::search(*query.places, query.shape, query.any ? count : 0);
  }
  size_t wanted = count == 0 ? found.size() : std::min(count, found.size());
  if (query.order != Order::kFound) sort_places(found, query.order, wanted);
  std::span<const FoundPlace> first(found.data(), wanted);
  if (query.target) {
    store_places(client, first, query, event);
  } else {
    reply_places(client.reply, first, query);
  }
}

// key ... from args[at] on.
void search(Client& client, Args args, size_t at, GeoQuery query) {
  if (!find_places(client, args[at], &query) ||
      !read_options(client, args.subspan(at + 1), read_search_option, &query) ||
      !check_target(client, "GEOSEARCHSTORE", query)) {
    return;
  }
  std::string_view missing;
  if (query.center == GeoQuery::Center::kMissing) {
    missing = "exactly one of FROMMEMBER or FROMLONLAT";
  } else if (!query.area) {
    missing = "exactly one of BYRADIUS and BYBOX";
  }
  if (!missing.empty()) {
    client.reply.error(fmt::format("ERR {} can be specified for {}", missing, until_zero(args[0])));
    return;
  }
  answer(client, query, "geosearchstore");
}

// key longitude latitude radius unit ...  or  key member radius unit ...
void search_radius(Client& client, Args args, bool by_member, bool may_store) {
  GeoQuery query{.may_store = may_store};
  if (!find_places(client, args[1], &query)) return;
  size_t circle_at = by_member ? 3 : 4;
  if (by_member) {
    if (!read_member(client, args[2], &query)) return;
    if (query.places && !read_circle(client, args.subspan(circle_at), &query)) return;
  } else {
    if (!read_point(client, args[2], args[3], &query.shape.center)) return;
    if (!read_circle(client, args.subspan(circle_at), &query)) return;
  }
  if (read_options(client, args.subspan(circle_at + 2), read_radius_option, &query) &&
      check_target(client, "STORE option in GEORADIUS", query)) {
    answer(client, query, "georadiusstore");
  }
}

}  // namespace

void geosearch_command(Client& client, Args args) { search(client, args, 1, {}); }
void geosearchstore_command(Client& client, Args args) { search(client, args, 2, {.target = args[1]}); }
void georadius_command(Client& client, Args args) { search_radius(client, args, false, true); }
void georadius_ro_command(Client& client, Args args) { search_radius(client, args, false, false); }
void georadiusbymember_command(Client& client, Args args) { search_radius(client, args, true, true); }
void georadiusbymember_ro_command(Client& client, Args args) { search_radius(client, args, true, false); }

namespace {

// The source, and what follows the first STORE and the first STOREDIST among the arguments from `first` on.
bool find_targets(Args args, size_t first, std::vector<FoundKey>& out) {
  out.push_back({1, kKeyRO | kKeyAccess});
  for (std::string_view word : {"STORE", "STOREDIST"}) {
    for (size_t i = first; i + 1 < args.size(); i++) {
      if (!equals_nocase(args[i], word)) continue;
      out.push_back({static_cast<int>(i + 1), kKeyOW | kKeyUpdate});
      break;
    }
  }
  return true;
}

}  // namespace

bool find_georadius_keys(Args args, std::vector<FoundKey>& out) { return find_targets(args, 6, out); }
bool find_georadiusbymember_keys(Args args, std::vector<FoundKey>& out) { return find_targets(args, 5, out); }

}  // namespace strata::resp
