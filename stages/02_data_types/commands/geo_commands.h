// The handlers of the geo commands, by file, and what they share.
#pragma once

#include <string_view>
#include <vector>

#include "01_resp_server/commands/support.h"
#include "02_data_types/geo/geohash.h"

namespace strata::resp {

// Each of these answers the error itself and returns false.
bool read_point(Client& client, std::string_view longitude, std::string_view latitude, geo::Point* out);
bool read_unit(Client& client, std::string_view text, double* meters);

void reply_distance(Reply& reply, double distance);
void reply_point(Reply& reply, const geo::Point& point);

// geo_commands.cpp
void geoadd_command(Client& client, Args args);
void geodist_command(Client& client, Args args);
void geohash_command(Client& client, Args args);
void geopos_command(Client& client, Args args);

// geo_search_commands.cpp
void geosearch_command(Client& client, Args args);
void geosearchstore_command(Client& client, Args args);
void georadius_command(Client& client, Args args);
void georadius_ro_command(Client& client, Args args);
void georadiusbymember_command(Client& client, Args args);
void georadiusbymember_ro_command(Client& client, Args args);
// CommandSpec::find_keys: their specs answer alone only where both STORE and STOREDIST are given.
bool find_georadius_keys(Args args, std::vector<FoundKey>& out);
bool find_georadiusbymember_keys(Args args, std::vector<FoundKey>& out);

}  // namespace strata::resp
