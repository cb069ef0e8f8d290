// Documentation of the geo commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_geo_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "geo");

  doc("geoadd", {.summary = "Adds places with longitude and latitude to a geo index, or moves them",
                 .since = "3.2.0",
                 .complexity = "O(log(N)) for each place, N being the members of the sorted set",
                 .syntax = "key [condition:<NX|XX>@6.2.0] [change=CH@6.2.0] "
                           "{longitude:double latitude:double member}...",
                 .history = {{"6.2.0", "Options `CH`, `NX`, `XX`"}}});
  doc("geodist", {.summary = "Answers the distance between two places",
                  .since = "3.2.0",
                  .complexity = "O(log(N))",
                  .syntax = "key member1 member2 [unit:<M|KM|FT|MI>]"});
  doc("geohash", {.summary = "Answers the standard Geohash strings of places",
                  .since = "3.2.0",
                  .complexity = "O(log(N)) for each place, N being the members of the sorted set",
                  .syntax = "key member..."});
  doc("geopos", {.summary = "Answers longitude and latitude of places",
                 .since = "3.2.0",
                 .complexity = "O(N), N being the places asked about",
                 .syntax = "key member..."});
  doc("geosearch",
      {.summary = "Finds the places within a circle or a box",
       .since = "6.2.0",
       .complexity = "O(N+log(M)), N being the places in the squares of the grid that cover the area and M "
                     "those inside it",
       .syntax = "key from:<FROMMEMBER member|FROMLONLAT {longitude:double latitude:double}> "
                 "by:<circle:{BYRADIUS radius:double unit:<M|KM|FT|MI>}|box:{BYBOX width:double "
                 "height:double unit:<M|KM|FT|MI>}> "
                 "[order:<ASC|DESC>] [count:{COUNT count:integer [ANY]}] [WITHCOORD] [WITHDIST] "
                 "[WITHHASH]",
       .history = {{"7.0.0", "Units in any case"}}});
  doc("geosearchstore",
      {.summary = "Stores the places within a circle or a box as a new geo index, or with their distances",
       .since = "6.2.0",
       .complexity = "O(N+log(M)), N being the places in the squares of the grid that cover the area and M "
                     "those inside it",
       .syntax = "destination#0 source#1 "
                 "from:<FROMMEMBER member|FROMLONLAT {longitude:double latitude:double}> "
                 "by:<circle:{BYRADIUS radius:double unit:<M|KM|FT|MI>}|box:{BYBOX width:double "
                 "height:double unit:<M|KM|FT|MI>}> "
                 "[order:<ASC|DESC>] [count:{COUNT count:integer [ANY]}] [STOREDIST]",
       .history = {{"7.0.0", "Units in any case"}}});
  doc("georadius",
      {.summary = "Finds the places around a point, and stores them if wanted",
       .since = "3.2.0",
       .complexity = "O(N+log(M)), N being the places in the box around the circle and M all places of the "
                     "index",
       .syntax = "key longitude:double latitude:double radius:double unit:<M|KM|FT|MI> [WITHCOORD] "
                 "[WITHDIST] [WITHHASH] [count:{COUNT count:integer [ANY@6.2.0]}] [order:<ASC|DESC>] "
                 "[STORE key#1] [STOREDIST key#2]",
       .deprecated_since = "6.2.0",
       .replaced_by = "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
       .history = {{"6.2.0", "Option `ANY` of `COUNT`"}, {"7.0.0", "Units in any case"}}});
  doc("georadius_ro",
      {.summary = "Finds the places around a point",
       .since = "3.2.10",
       .complexity = "O(N+log(M)), N being the places in the box around the circle and M all places of the "
                     "index",
       .syntax = "key longitude:double latitude:double radius:double unit:<M|KM|FT|MI> [WITHCOORD] "
                 "[WITHDIST] [WITHHASH] [count:{COUNT count:integer [ANY@6.2.0]}] [order:<ASC|DESC>]",
       .deprecated_since = "6.2.0",
       .replaced_by = "`GEOSEARCH` with the `BYRADIUS` argument",
       .history = {{"6.2.0", "Option `ANY` of `COUNT`"}}});
  doc("georadiusbymember",
      {.summary = "Finds the places around a place, and stores them if wanted",
       .since = "3.2.0",
       .complexity = "O(N+log(M)), N being the places in the box around the circle and M all places of the "
                     "index",
       .syntax = "key member radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] "
                 "[count:{COUNT count:integer [ANY]}] [order:<ASC|DESC>] [STORE key#1] "
                 "[STOREDIST key#2]",
       .deprecated_since = "6.2.0",
       .replaced_by = "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
       .history = {{"7.0.0", "Units in any case"}}});
  doc("georadiusbymember_ro",
      {.summary = "Finds the places around a place",
       .since = "3.2.10",
       .complexity = "O(N+log(M)), N being the places in the box around the circle and M all places of the "
                     "index",
       .syntax = "key member radius:double unit:<M|KM|FT|MI> [WITHCOORD] [WITHDIST] [WITHHASH] "
                 "[count:{COUNT count:integer [ANY]}] [order:<ASC|DESC>]",
       .deprecated_since = "6.2.0",
       .replaced_by = "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments"});
}

}  // namespace strata::db
