#include "02_data_types/hyperloglog/registers.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace strata::db::hll {

namespace {

constexpr uint64_t kSeed = 0xadc83b19;
constexpr double kAlpha = 0.721347520444481703680;  // 1 / (2 ln 2): the bias for infinitely many registers

// Ertl's two series: what registers that are still zero, and those that are full, contribute.
double sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double sum = x;
  double before;
  for (double weight = 1;; weight += weight) {
    x *= x;
    before = sum;
    sum += x * weight;
    if (sum == before) return sum;
  }
}

double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0;
  double sum = 1 - x;
  double before;
  double weight = 1;
  do {
    x = std::sqrt(x);
    before = sum;
    weight *= 0.5;
    sum -= std::pow(1 - x, 2) * weight;
  } while (sum != before);
  return sum / 3;
}

}  // namespace

uint64_t murmur_hash_64a(std::string_view bytes, uint64_t seed) {
  constexpr uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr int kShift = 47;
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t hash = seed ^ left * kMultiplier;
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash = (hash ^ word) * kMultiplier;
  }
  if (left > 0) {
    uint64_t rest = 0;
    std::memcpy(&rest, at, left);
    hash = (hash ^ rest) * kMultiplier;
  }
  hash ^= hash >> kShift;
  hash *= kMultiplier;
  return hash ^ hash >> kShift;
}

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

// [task 2.7] Hash an element to a register and a rank.
Place place_of(std::string_view element) {
  uint64_t hash = murmur_hash_64a(element, kSeed);
  auto index = static_cast<unsigned>(hash % kRegisters);
  uint64_t rest = hash >> kIndexBits | uint64_t{1} << kRankBits;  // ends at the latest behind the last bit
  return {index, static_cast<uint8_t>(std::countr_zero(rest) + 1)};
}

Histogram histogram_of(const Registers& registers) {
  Histogram histogram{};
  for (uint8_t rank : registers) histogram[rank % histogram.size()]++;
  return histogram;
}

// [task 2.7] Estimate how many elements gave these registers.
uint64_t estimate(const Histogram& histogram) {
  constexpr double m = kRegisters;
  double z = m * tau((m - histogram[kMaxRank]) / m);
  for (unsigned rank = kRankBits; rank >= 1; rank--) {
    z += histogram[rank];
    z *= 0.5;
  }
  z += m * sigma(histogram[0] / m);
  return static_cast<uint64_t>(std::llround(kAlpha * m * m / z));
}

}  // namespace strata::db::hll
