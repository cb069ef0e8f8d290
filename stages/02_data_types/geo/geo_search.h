// Finding the places within a circle or a box around a point.
//
// The grid's step is chosen so that the cell of the centre and its eight neighbours cover the whole shape; the places of
// those cells are nine ranges of scores. Each place found there is measured against the shape itself.
//
//   +--+--+--+
//   |  |  |  |      neighbours that lie outside the shape's bounding box are left out
//   +--+--+--+
//   |  |/\|  |
//   +--+\/+--+
//   |  |  |  |
//   +--+--+--+
#pragma once

#include <cstddef>
#include <vector>

#include "02_data_types/geo/geohash.h"
#include "02_data_types/values/sorted_set_value.h"

namespace strata::geo {

// In metres, on a sphere, by the haversine formula.
double distance(const Point& a, const Point& b);

struct Shape {
  enum class Kind : uint8_t { kCircle, kBox };
  Kind kind = Kind::kCircle;
  Point center;
  double unit = 1;    // metres; of the lengths below
  double radius = 0;  // kCircle
  double width = 0;   // kBox
  double height = 0;

  // Is the point inside? Then `meters` is its distance from the centre.
  bool contains(const Point& point, double* meters) const;
};

// Borrowed from the sorted set.
struct FoundPlace {
  db::Element member;
  double score;
  double meters;  // from the centre
};

// The places inside the shape, in the order of cells and scores. Stops at `most` of them; 0: all.
std::vector<FoundPlace> search(const db::SortedSetValue& places, const Shape& shape, size_t most);

}  // namespace strata::geo
