// Geo commands: sorted sets whose scores are places. GEOADD, and those that ask for single places.
#include "02_data_types/commands/geo_commands.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "02_data_types/commands/sorted_set_commands.h"
#include "02_data_types/geo/geo_search.h"

namespace strata::resp {

using db::Ref;
using db::SortedSetValue;
using db::ValueType;

// [task 2.8] Read a longitude and a latitude.
bool read_point(Client& client, std::string_view longitude, std::string_view latitude, geo::Point* out) {
  if (!parse_double(longitude, &out->longitude) || !parse_double(latitude, &out->latitude)) {
    client.reply.error(kNotFloatError);
    return false;
  }
  if (geo::on_the_map(*out)) return true;
  client.reply.error(fmt::format("ERR invalid longitude,latitude pair {:f},{:f}", out->longitude, out->latitude));
  return false;
}

// [task 2.8] Read a unit of length.
bool read_unit(Client& client, std::string_view text, double* meters) {
  struct Unit {
    std::string_view name;
    double meters;
  };
  constexpr Unit kUnits[] = {{"m", 1}, {"km", 1000}, {"ft", 0.3048}, {"mi", 1609.34}};
  for (const Unit& unit : kUnits) {
    if (!equals_nocase(text, unit.name)) continue;
    *meters = unit.meters;
    return true;
  }
  client.reply.error("ERR unsupported unit provided. please use M, KM, FT, MI");
  return false;
}

void reply_distance(Reply& reply, double distance) {
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{:.4f}", distance);
  reply.bulk({text.data(), text.size()});
}

void reply_point(Reply& reply, const geo::Point& point) {
  reply.array(2);
  for (double coordinate : {point.longitude, point.latitude}) {
    std::string text = format_long_double_human(coordinate);
    if (reply.resp3()) {
      reply.raw("," + text + "\r\n");
    } else {
      reply.bulk(text);
    }
  }
}

// GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...] is a ZADD, and is replayed as one.
// [task 2.8] Add places, which is a ZADD of their scores.
void geoadd_command(Client& client, Args args) {
  size_t first = 2;
  bool only_new = false;
  bool only_present = false;
  for (; first < args.size(); first++) {
    if (equals_nocase(args[first], "NX")) {
      only_new = true;
    } else if (equals_nocase(args[first], "XX")) {
      only_present = true;
    } else if (!equals_nocase(args[first], "CH")) {
      break;
    }
  }
  Args places = args.subspan(first);
  if (places.size() % 3 != 0 || (only_new && only_present)) {
    client.reply.error(kSyntaxError);
    return;
  }
  std::vector<std::string> scores(places.size() / 3);
  std::vector<std::string_view> zadd = {"zadd"};
  zadd.insert(zadd.end(), args.begin() + 1, args.begin() + static_cast<ptrdiff_t>(first));
  for (size_t i = 0; i < scores.size(); i++) {
    geo::Point point;
    if (!read_point(client, places[3 * i], places[3 * i + 1], &point)) return;
    scores[i] = format_double(geo::score_of(point));
    zadd.push_back(scores[i]);
    zadd.push_back(places[3 * i + 2]);
  }
  zadd_command(client, zadd);
  auto& effects = keyspace_of(client).effects;
  if (effects.wanted) effects.replay_as(std::span<const std::string_view>(zadd));
}

namespace {

// For each of the members from args[2] on: known(point), or unknown() where there is no such place.
template <class Known, class Unknown>
void each_place(Client& client, Args args, Known known, Unknown unknown) {
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  client.reply.array(args.size() - 2);
  for (std::string_view member : args.subspan(2)) {
    auto score = ref ? SortedSetValue(*ref).score(member) : std::nullopt;
    if (score) {
      known(geo::point_of(*score));
    } else {
      unknown();
    }
  }
}

}  // namespace

void geohash_command(Client& client, Args args) {
  Reply& reply = client.reply;
  each_place(
      client, args, [&](const geo::Point& point) { reply.bulk(geo::standard_geohash(point)); }, [&] { reply.null(); });
}

void geopos_command(Client& client, Args args) {
  Reply& reply = client.reply;
  each_place(
      client, args, [&](const geo::Point& point) { reply_point(reply, point); }, [&] { reply.null_array(); });
}

// GEODIST key member member [unit]
void geodist_command(Client& client, Args args) {
  double unit = 1;
  if (args.size() > 5) {
    client.reply.error(kSyntaxError);
    return;
  }
  if (args.size() == 5 && !read_unit(client, args[4], &unit)) return;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  auto from = ref ? SortedSetValue(*ref).score(args[2]) : std::nullopt;
  auto to = ref ? SortedSetValue(*ref).score(args[3]) : std::nullopt;
  if (!from || !to) {
    client.reply.null();
    return;
  }
  reply_distance(client.reply, geo::distance(geo::point_of(*from), geo::point_of(*to)) / unit);
}

}  // namespace strata::resp
