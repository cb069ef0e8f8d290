// The sections of INFO that the server itself fills: server, clients, memory, stats, cpu, commandstats,
// errorstats, latencystats - and, of what later stages bring, the fields that a server without it shows, so
// that tools which look for role:master or rdb_last_bgsave_status:ok find them. A stage that owns a field
// writes it again (see info.h).
#pragma once

#include <functional>
#include <vector>

namespace strata::resp {

class InfoWriter;
class Server;

void install_info_sections(Server& server);

// What later stages bring, as Redis shows it with nothing configured (info_defaults.cpp).
void default_persistence(InfoWriter& out);
void default_stats(InfoWriter& out);
void default_replication(InfoWriter& out);

// CONFIG RESETSTAT: the server's counters, the commands' statistics and histograms, and whatever the hooks
// reset.
void reset_statistics(Server& server);
void on_reset_statistics(Server& server, std::function<void()> hook);

}  // namespace strata::resp
