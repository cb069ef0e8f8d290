// Geohashes: places on earth as numbers, so that a range of numbers is a square of the map.
//
// The map (longitude -180..180, latitude as far as the Web Mercator projection goes) is halved again and again, in turn
// by longitude and by latitude; every halving adds a bit. After 26 halvings of each, 52 bits name a cell of less than
// a metre: they fit a double, and are the score of a place in a sorted set.
//
//   one step   01 | 11        bits, from the top: x y x y ... (x: east half, y: north half)
//              ---+---
//              00 | 10        All 52-bit numbers that begin with a cell's bits lie in that cell.
#pragma once

#include <cstdint>
#include <string>

namespace strata::geo {

inline constexpr double kMaxLongitude = 180;
inline constexpr double kMaxLatitude = 85.05112878;
inline constexpr int kSteps = 26;  // halvings in each direction of a place's own cell

struct Point {
  double longitude = 0;  // degrees
  double latitude = 0;
};

bool on_the_map(const Point& point);

struct Area {
  double west = 0;
  double east = 0;
  double south = 0;
  double north = 0;
};

// A cell of the grid that `steps` halvings in each direction give: column x from the west, row y from the south.
struct Cell {
  uint32_t x = 0;
  uint32_t y = 0;
  int steps = 0;

  // The cell of a point. `max_latitude`: where the map ends; geohashes of other systems go to the poles.
  static Cell of(const Point& point, int steps, double max_latitude = kMaxLatitude);

  uint64_t bits() const;  // interleaved, 2 * steps of them
  Area area() const;
  // `columns` to the east and `rows` to the north, around the map where it ends.
  Cell neighbour(int columns, int rows) const;
  // The scores of the places inside: first_score() <= score < end_score().
  double first_score() const;
  double end_score() const;

  bool operator==(const Cell&) const = default;
};

// A place's score, and the middle of the cell that a score stands for.
double score_of(const Point& point);
Point point_of(double score);
// The bits of a score; scores that no place has give what the processor makes of them.
uint64_t bits_of(double score);

// The eleven characters under which other systems know a point.
std::string standard_geohash(const Point& point);

}  // namespace strata::geo
