#include "01_resp_server/server/sparkline.h"

#include <algorithm>

namespace strata::resp {

namespace {

constexpr int64_t kRows = 4;
constexpr std::string_view kHeights = "_o#";
constexpr auto kSteps = static_cast<int64_t>(kHeights.size());  // in one row

// The mark of a column of `height` steps (0 is the lowest mark) in the row whose lowest step is `floor`.
char mark(int64_t height, int64_t floor) {
  int64_t within = height - floor;
  if (within < 0) return ' ';
  return within < kSteps ? kHeights[static_cast<size_t>(within)] : '|';
}

}  // namespace

std::string draw_sparkline(const std::vector<SparkPoint>& points, size_t columns) {
  std::string out;
  if (points.empty()) return out;
  auto less = [](const SparkPoint& a, const SparkPoint& b) { return a.value < b.value; };
  auto [lowest, highest] = std::minmax_element(points.begin(), points.end(), less);
  int64_t range = std::max<int64_t>(highest->value - lowest->value, 1);
  for (size_t begin = 0; begin < points.size(); begin += columns) {
    size_t end = std::min(points.size(), begin + columns);
    if (begin > 0) out += '\n';
    for (int64_t row = kRows - 1; row >= 0; row--) {
      for (size_t i = begin; i < end; i++) {
        int64_t height = (points[i].value - lowest->value) * kRows * kSteps / range;
        out += mark(std::min(height, kRows * kSteps - 1), row * kSteps);
      }
      out += '\n';
    }
    size_t longest = 0;
    for (size_t i = begin; i < end; i++) longest = std::max(longest, points[i].label.size());
    out.append(end - begin, ' ').append("\n");
    for (size_t letter = 0; letter < longest; letter++) {
      for (size_t i = begin; i < end; i++) {
        out += letter < points[i].label.size() ? points[i].label[letter] : ' ';
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace strata::resp
