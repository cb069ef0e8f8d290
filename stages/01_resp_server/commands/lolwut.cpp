// LOLWUT: a cut through rock layers that no two visitors see alike, and the version of the server.
//
// Every boundary between two layers is a sum of a few sine waves; its level is the sum of the thicknesses
// above. Near a fault line everything on the right is shifted down.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "01_resp_server/commands/lolwut.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/version.h"
#include "common/numbers.h"
#include "common/random.h"
#include "common/text.h"

namespace strata::resp {

namespace {

struct Layer {
  double top;  // mean height of its upper boundary, in rows from above
  double amplitude;
  double wavelength;
  double phase;
  char texture;

  double boundary(double x) const {
    double angle = 2 * std::numbers::pi * x / wavelength + phase;
    return top + amplitude * (std::sin(angle) + 0.4 * std::sin(2.7 * angle));
  }
};

std::vector<Layer> random_layers(Random& random, int rows) {
  constexpr std::string_view kTextures = ".:-=~+o%*#";
  std::vector<Layer> layers;
  double top = 2 + 2 * random.unit();
  size_t texture = random.below(kTextures.size());
  while (top < rows) {
    layers.push_back({top, 0.3 + 1.2 * random.unit(), 25 + 50 * random.unit(), 6.3 * random.unit(),
                      kTextures[texture % kTextures.size()]});
    texture += 1 + random.below(3);
    top += 1 + 3 * random.unit();
  }
  return layers;
}

}  // namespace

std::string draw_strata(Random& random, int columns, int rows) {
  const std::vector<Layer> layers = random_layers(random, rows);
  double fault = columns * (0.2 + 0.6 * random.unit());
  double slope = 2 * random.unit() - 1;
  double shift = 1 + 2 * random.unit();
  std::string out;
  for (int y = 0; y < rows; y++) {
    std::string row;
    for (int x = 0; x < columns; x++) {
      double depth = y - (x > fault + slope * y ? shift : 0);
      char cell = ' ';
      for (const Layer& layer : layers) {
        if (depth >= layer.boundary(x)) cell = layer.texture;
      }
      row += cell;
    }
    out += row.substr(0, row.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

namespace {

// LOLWUT [VERSION version] [anything]: versions 5 and 6 are those with a picture in Redis; any other gives
// none.
void lolwut_command(Client& client, Args args) {
  constexpr int kColumns = 66;
  constexpr int kRows = 18;
  bool picture = true;
  if (args.size() >= 3 && equals_nocase(args[1], "version")) {
    int64_t version = 0;
    if (!parse_int64(args[2], &version)) {
      client.reply.error("ERR value is not an integer or out of range");
      return;
    }
    picture = version == 5 || version == 6;
  }
  std::string out = picture ? draw_strata(thread_random(), kColumns, kRows) + "\n" : "";
  client.reply.verbatim(out + fmt::format("Redis ver. {}\n", kRedisVersion));
}

}  // namespace

void install_lolwut(Server& server) {
  server.commands.add({.name = "lolwut", .arity = -1, .flags = kReadOnly | kFast, .run = lolwut_command});
}

}  // namespace strata::resp
