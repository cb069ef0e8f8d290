#include "02_data_types/geo/geo_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace strata::geo {

namespace {

constexpr double kEarthRadius = 6372797.560856;  // metres
constexpr double kHalfEquator = 20037726.37;     // metres
constexpr double kDegree = std::numbers::pi / 180;

double radians(double degrees) { return degrees * kDegree; }
double degrees(double radians) { return radians / kDegree; }

double latitude_distance(double a, double b) { return kEarthRadius * std::abs(radians(b) - radians(a)); }

// Half the sides of the shape's bounding box, in metres.
struct Extent {
  double width;
  double height;
  double reach;  // from the centre to the farthest point
};

Extent extent_of(const Shape& shape) {
  if (shape.kind == Shape::Kind::kCircle) {
    double radius = shape.radius * shape.unit;
    return {radius, radius, radius};
  }
  double width = shape.width / 2;
  double height = shape.height / 2;
  return {shape.unit * width, shape.unit * height, std::sqrt(width * width + height * height) * shape.unit};
}

Area bounding_box(const Shape& shape) {
  Extent extent = extent_of(shape);
  const Point& center = shape.center;
  double up = degrees(extent.height / kEarthRadius);
  // A degree of longitude is shortest at the side that is nearer to the pole.
  double nearer_pole = center.latitude < 0 ? center.latitude - up : center.latitude + up;
  double aside = degrees(extent.width / kEarthRadius / std::cos(radians(nearer_pole)));
  return {center.longitude - aside, center.longitude + aside, center.latitude - up, center.latitude + up};
}

// How fine a grid may be for nine cells to cover a circle of this radius.
// [task 2.8] Choose the grid of which nine cells cover a circle.
int steps_for(double radius, double latitude) {
  if (radius == 0) return kSteps;
  int steps = -1;
  for (; radius < kHalfEquator; radius *= 2) steps++;
  if (std::abs(latitude) > 66) steps--;  // towards the poles, cells become narrow
  if (std::abs(latitude) > 80) steps--;
  return std::clamp(steps, 1, kSteps);
}

bool falls_short(const Cell& center, const Area& box) {
  return center.neighbour(0, 1).area().north < box.north || center.neighbour(0, -1).area().south > box.south ||
         center.neighbour(1, 0).area().east < box.east || center.neighbour(-1, 0).area().west > box.west;
}

// The cells to be searched, the centre's first.
std::vector<Cell> cells_for(const Shape& shape) {
  Area box = bounding_box(shape);
  int steps = steps_for(extent_of(shape).reach, shape.center.latitude);
  Cell center = Cell::of(shape.center, steps);
  if (steps > 1 && falls_short(center, box)) center = Cell::of(shape.center, --steps);

  Area area = center.area();
  bool exclude = steps >= 2;  // in the coarsest grid, what lies to the west lies to the east too
  struct Direction {
    int columns;
    int rows;
  };
  constexpr std::array<Direction, 8> kDirections{
      {{0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}}};
  std::vector<Cell> cells = {center};
  for (auto [columns, rows] : kDirections) {
    bool outside = (rows < 0 && area.south < box.south) || (rows > 0 && area.north > box.north) ||
                   (columns < 0 && area.west < box.west) || (columns > 0 && area.east > box.east);
    Cell cell = center.neighbour(columns, rows);
    if ((exclude && outside) || std::find(cells.begin(), cells.end(), cell) != cells.end()) continue;
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

// [task 2.8] Measure the way between two points on a sphere.
double distance(const Point& a, const Point& b) {
  double v = std::sin((radians(b.longitude) - radians(a.longitude)) / 2);
  if (v == 0) return latitude_distance(a.latitude, b.latitude);
  double from = radians(a.latitude);
  double to = radians(b.latitude);
  double u = std::sin((to - from) / 2);
  return 2 * kEarthRadius * std::asin(std::sqrt(u * u + std::cos(from) * std::cos(to) * v * v));
}

// [task 2.8] Tell whether a point lies inside, and how far from the centre.
bool Shape::contains(const Point& point, double* meters) const {
  if (kind == Kind::kBox) {
    if (latitude_distance(point.latitude, center.latitude) > height * unit / 2) return false;
    if (distance(point, {center.longitude, point.latitude}) > width * unit / 2) return false;
  }
  *meters = distance(center, point);
  return kind == Kind::kBox || *meters <= radius * unit;
}

std::vector<FoundPlace> search(const db::SortedSetValue& places, const Shape& shape, size_t most) {
  std::vector<FoundPlace> found;
  for (const Cell& cell : cells_for(shape)) {
    if (most != 0 && found.size() >= most) break;
    db::ScoreRange scores{.min = cell.first_score(), .max = cell.end_score(), .excludes_max = true};
    places.each_while(places.in(scores), false, [&](const db::Element& member, double score) {
      double meters = 0;
      if (shape.contains(point_of(score), &meters)) found.push_back({member, score, meters});
      return most == 0 || found.size() < most;
    });
  }
  return found;
}

}  // namespace strata::geo
