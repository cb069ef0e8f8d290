// Places, cells and searches. The numbers come from Redis 7.0.15.
#include "02_data_types/geo/geohash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/geo/geo_search.h"
#include "common/random.h"

namespace strata::geo {
namespace {

constexpr Point kPalermo{13.361389, 38.115556};
constexpr Point kCatania{15.087269, 37.502669};

Point random_point(Random& random) {
  return {(random.unit() * 2 - 1) * kMaxLongitude, (random.unit() * 2 - 1) * kMaxLatitude};
}

TEST(Geohash, ScoresAndNamesAreThoseOfRedis) {
  EXPECT_EQ(score_of(kPalermo), 3479099956230698.0);
  EXPECT_EQ(score_of(kCatania), 3479447370796909.0);
  EXPECT_EQ(standard_geohash(point_of(score_of(kPalermo))), "sqc8b49rny0");
  EXPECT_EQ(standard_geohash(point_of(score_of(kCatania))), "sqdtr74hyu0");
}

TEST(Geohash, AScoreStandsForAPlaceLessThanAMetreAway) {
  Random random(1);
  for (int i = 0; i < 2000; i++) {
    Point point = random_point(random);
    double score = score_of(point);
    Point middle = point_of(score);
    EXPECT_LT(distance(point, middle), 1.0);
    EXPECT_EQ(score_of(middle), score);
  }
}

TEST(Geohash, CellsHoldTheirPointsAndTheirScores) {
  Random random(2);
  for (int i = 0; i < 2000; i++) {
    Point point = random_point(random);
    int steps = 1 + static_cast<int>(random.below(kSteps));
    Cell cell = Cell::of(point, steps);
    Area area = cell.area();
    EXPECT_LE(area.west, point.longitude);
    EXPECT_GE(area.east, point.longitude);
    EXPECT_LE(area.south, point.latitude);
    EXPECT_GE(area.north, point.latitude);
    EXPECT_LE(cell.first_score(), score_of(point));
    EXPECT_GT(cell.end_score(), score_of(point));
    Cell east = cell.neighbour(1, 0);
    EXPECT_EQ(east.neighbour(-1, 0), cell);
    if (east.x > cell.x) {
      EXPECT_DOUBLE_EQ(east.area().west, area.east);
    }
  }
}

TEST(Geohash, NeighboursGoAroundTheMap) {
  Cell corner{0, 7, 3};
  EXPECT_EQ(corner.neighbour(-1, 1), (Cell{7, 0, 3}));
  EXPECT_EQ(corner.neighbour(1, -1), (Cell{1, 6, 3}));
}

TEST(Geohash, ScoresThatNoPlaceHasAreRead) {
  EXPECT_EQ(bits_of(-1), UINT64_MAX);
  EXPECT_EQ(bits_of(HUGE_VAL), 0u);
  EXPECT_EQ(bits_of(-HUGE_VAL), 1ull << 63);
  EXPECT_EQ(bits_of(0x1p63), 1ull << 63);
  EXPECT_EQ(bits_of(2.9), 2u);
  for (double score : {-1.0, HUGE_VAL, -HUGE_VAL, 1e300}) EXPECT_TRUE(on_the_map(point_of(score))) << score;
}

TEST(GeoDistance, IsThatOfRedis) {
  Point palermo = point_of(score_of(kPalermo));
  Point catania = point_of(score_of(kCatania));
  EXPECT_NEAR(distance(palermo, catania), 166274.1516, 0.0001);
  EXPECT_EQ(distance(palermo, palermo), 0);
  EXPECT_NEAR(distance({0, 0}, {0, 1}), 111226.3, 0.1);  // along a meridian
}

// Every place of the set is measured, without any cells.
std::set<std::string> search_one_by_one(const db::SortedSetValue& places, const Shape& shape) {
  std::set<std::string> found;
  places.each(places.all(), false, [&](const db::Element& member, double score) {
    double meters = 0;
    if (shape.contains(point_of(score), &meters)) found.emplace(member.text);
  });
  return found;
}

TEST(GeoSearch, FindsWhatMeasuringEveryPlaceFinds) {
  db::Keyspace keyspace(1);
  keyspace.types[db::ValueType::kSortedSet] = db::sorted_set_type();
  db::SortedSetValue places(*keyspace.db(0).add(db::SortedSetValue::empty_shape("places")));
  Random random(4);
  for (int i = 0; i < 3000; i++) {
    Point point{(random.unit() * 2 - 1) * 40, (random.unit() * 2 - 1) * 50};
    double score = score_of(point);
    places.add("place " + std::to_string(i), &score, {}, {});
  }
  size_t total = 0;
  for (int round = 0; round < 200; round++) {
    Shape shape;
    shape.kind = round % 2 == 0 ? Shape::Kind::kCircle : Shape::Kind::kBox;
    shape.center = {(random.unit() * 2 - 1) * 40, (random.unit() * 2 - 1) * 50};
    shape.unit = 1000;
    shape.radius = random.unit() * 1500;
    shape.width = random.unit() * 2500;
    shape.height = random.unit() * 2500;
    std::vector<FoundPlace> found = search(places, shape, 0);
    std::set<std::string> names;
    for (const FoundPlace& place : found) names.emplace(place.member.text);
    EXPECT_EQ(names.size(), found.size()) << "a place was found twice";
    EXPECT_EQ(names, search_one_by_one(places, shape));
    total += found.size();
    size_t few = search(places, shape, 3).size();
    EXPECT_EQ(few, std::min<size_t>(found.size(), 3));
  }
  EXPECT_GT(total, 1000u);
}

}  // namespace
}  // namespace strata::geo
