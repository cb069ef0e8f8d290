#include "02_data_types/expiry/deadlines.h"

#include <algorithm>
#include <bit>

namespace strata::db {

namespace {

constexpr unsigned kMostBits = 32;  // of groups per table

// As many bits as give groups of kGroupKeys to twice that.
unsigned bits_for(const Database& database) {
  size_t groups = database.size() / database.tables() / Deadlines::kGroupKeys;
  return groups < 2 ? 0 : std::min(static_cast<unsigned>(std::bit_width(groups) - 1), kMostBits);
}

}  // namespace

Deadlines::Deadlines(Database& database) : database_(database) { database.watch_expiries(this); }

Deadlines::~Deadlines() { database_.watch_expiries(nullptr); }

void Deadlines::lay_out() {
  bits_ = bits_for(database_);
  soonest_.assign(database_.tables() << bits_, kNever);
}

void Deadlines::given(size_t table, Hash hash, int64_t expiry_ms) {
  if (soonest_.empty()) lay_out();
  int64_t& soonest = soonest_[group_of(table, hash.place())];
  soonest = std::min(soonest, moment(expiry_ms));
  earliest_ = std::min(earliest_, soonest);
}

void Deadlines::cleared() {
  soonest_ = {};
  earliest_ = kNever;
}

// Of keys that nobody has looked at yet any moment may be true; those who look through the groups find out.
void Deadlines::replaced() {
  cleared();
  if (database_.with_expiry() == 0) return;
  lay_out();
  std::fill(soonest_.begin(), soonest_.end(), 0);
  earliest_ = 0;
}

size_t Deadlines::next_due(size_t from, int64_t now_ms) const {
  auto at = std::find_if(soonest_.begin() + static_cast<std::ptrdiff_t>(std::min(from, soonest_.size())),
                         soonest_.end(), [now_ms](int64_t soonest) { return soonest < now_ms; });
  return static_cast<size_t>(at - soonest_.begin());
}

size_t Deadlines::count_due(int64_t now_ms) const {
  return static_cast<size_t>(
      std::count_if(soonest_.begin(), soonest_.end(), [now_ms](int64_t soonest) { return soonest < now_ms; }));
}

void Deadlines::refresh_earliest() {
  earliest_ = soonest_.empty() ? kNever : *std::min_element(soonest_.begin(), soonest_.end());
}

void Deadlines::fit() {
  if (soonest_.empty()) return;
  if (database_.with_expiry() == 0) {
    cleared();
    return;
  }
  unsigned wanted = bits_for(database_);
  for (; bits_ < wanted; bits_++) {
    std::vector<int64_t> halves(soonest_.size() * 2);
    for (size_t i = 0; i < halves.size(); i++) halves[i] = soonest_[i / 2];
    soonest_ = std::move(halves);
  }
  // One step less is left alone: a number of keys that goes up and down about a limit must not cost anything.
  while (bits_ > wanted + 1) {
    std::vector<int64_t> pairs(soonest_.size() / 2);
    for (size_t i = 0; i < pairs.size(); i++) pairs[i] = std::min(soonest_[2 * i], soonest_[2 * i + 1]);
    soonest_ = std::move(pairs);
    bits_--;
  }
}

}  // namespace strata::db
