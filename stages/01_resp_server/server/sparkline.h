// A small graph drawn with letters, four rows high, with a label under each column, read from top to bottom:
//
//      #
//    o |          '_', 'o', '#' are the three heights within a row
//   _|_|
//
//   2111          labels "2m", "15s", "10s", "1s"
//   m50s
//    ss
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strata::resp {

struct SparkPoint {
  int64_t value;
  std::string label;
};

// Rows are ended by '\n'. Points beyond `columns` go on in a further graph below, on the same scale.
std::string draw_sparkline(const std::vector<SparkPoint>& points, size_t columns);

}  // namespace strata::resp
