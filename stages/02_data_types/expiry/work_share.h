// A share of one core's time for work that must not be noticed: a little at a time, often.
//
// Credit grows with the time that passes and is used up by working. It never exceeds one slice, so that after a pause
// the work does not come in a lump: whoever waits for the event loop waits for one slice at most.
#pragma once

#include <algorithm>
#include <cstdint>

namespace strata::db {

class WorkShare {
 public:
  // `share` of the time, 0 to 1, in slices of at most `slice_us`.
  void set(double share, int64_t slice_us) {
    share_ = share;
    slice_us_ = static_cast<double>(slice_us);
  }
  // How many microseconds may be spent at `now_us` (a clock that does not go backwards). 0 or less: none.
  int64_t allowance_us(int64_t now_us) {
    credit_us_ = std::min(credit_us_ + share_ * static_cast<double>(now_us - last_us_), slice_us_);
    last_us_ = now_us;
    return static_cast<int64_t>(credit_us_);
  }
  // More than was allowed is made up for.
  void spend(int64_t us) { credit_us_ -= static_cast<double>(us); }

 private:
  double share_ = 0;
  double slice_us_ = 0;
  double credit_us_ = 0;
  int64_t last_us_ = 0;
};

}  // namespace strata::db
