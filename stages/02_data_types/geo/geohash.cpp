#include "02_data_types/geo/geohash.h"

#include <algorithm>
#include <cmath>

namespace strata::geo {

namespace {

// Puts a zero bit in front of every bit of a 32-bit number, and takes it out again. (S. E. Anderson, "Bit Twiddling
// Hacks", interleave by binary magic numbers.)
constexpr uint64_t kMasks[] = {0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
                               0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff};

uint64_t spread(uint32_t value) {
  uint64_t bits = value;
  for (int i = 4; i >= 0; i--) bits = (bits | bits << (1 << i)) & kMasks[i];
  return bits;
}

uint32_t squeeze(uint64_t bits) {
  bits &= kMasks[0];
  for (int i = 0; i < 5; i++) bits = (bits | bits >> (1 << i)) & kMasks[i + 1];
  return static_cast<uint32_t>(bits);
}

Cell cell_of(uint64_t bits) { return {squeeze(bits >> 1), squeeze(bits), kSteps}; }

double cells(int steps) { return static_cast<double>(1ull << steps); }

}  // namespace

bool on_the_map(const Point& point) {
  return std::abs(point.longitude) <= kMaxLongitude && std::abs(point.latitude) <= kMaxLatitude;
}

// [task 2.8] Find the cell of a point in a grid of so many halvings.
Cell Cell::of(const Point& point, int steps, double max_latitude) {
  double east = (point.longitude + kMaxLongitude) / (2 * kMaxLongitude);
  double north = (point.latitude + max_latitude) / (2 * max_latitude);
  return {static_cast<uint32_t>(east * cells(steps)), static_cast<uint32_t>(north * cells(steps)), steps};
}

// [task 2.8] Interleave column and row.
uint64_t Cell::bits() const { return spread(x) << 1 | spread(y); }

// [task 2.8] Tell where a cell lies.
Area Cell::area() const {
  auto edge = [this](uint32_t index, double max) {
    return -max + static_cast<double>(index) / cells(steps) * (2 * max);
  };
  return {edge(x, kMaxLongitude), edge(x + 1, kMaxLongitude), edge(y, kMaxLatitude), edge(y + 1, kMaxLatitude)};
}

// [task 2.8] Step to another cell, around the map where it ends.
Cell Cell::neighbour(int columns, int rows) const {
  // The edge itself, at 180 degrees or in the far north, counts as a further column or row, which only a step leaves.
  auto moved = [this](uint32_t index, int by) {
    return by == 0 ? index : (index + static_cast<uint32_t>(by)) & ((1u << steps) - 1);
  };
  return {moved(x, columns), moved(y, rows), steps};
}

double Cell::first_score() const { return static_cast<double>(bits() << (2 * (kSteps - steps))); }

double Cell::end_score() const { return static_cast<double>((bits() + 1) << (2 * (kSteps - steps))); }

double score_of(const Point& point) { return Cell::of(point, kSteps).first_score(); }

uint64_t bits_of(double score) {
  constexpr uint64_t kOutOfRange = 1ull << 63;
  constexpr double kHalf = 0x1p63;
  auto truncated = [](double value) {
    return value >= -kHalf && value < kHalf ? static_cast<uint64_t>(static_cast<int64_t>(value)) : kOutOfRange;
  };
  return score < kHalf ? truncated(score) : truncated(score - kHalf) ^ kOutOfRange;
}

Point point_of(double score) {
  Area area = cell_of(bits_of(score)).area();
  return {std::clamp((area.west + area.east) / 2, -kMaxLongitude, kMaxLongitude),
          std::clamp((area.south + area.north) / 2, -kMaxLatitude, kMaxLatitude)};
}

std::string standard_geohash(const Point& point) {
  constexpr char kAlphabet[] = "0123456789bcdefghjkmnpqrstuvwxyz";
  uint64_t bits = Cell::of(point, kSteps, 90).bits();
  std::string text;
  for (int shift = 2 * kSteps - 5; shift >= 0; shift -= 5) text += kAlphabet[bits >> shift & 31];
  return text + kAlphabet[0];  // an eleventh character would take 55 bits
}

}  // namespace strata::geo
