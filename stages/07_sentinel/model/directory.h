// Adding, finding and removing instances, and what a master becomes when its address changes.
#pragma once

#include <string>
#include <string_view>

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// Each of these gives the new instance, or the sentence that says why there is none. A name that does not resolve is no
// error where names are allowed: it is looked up again at each reconnect.
Expected<Master*> add_master(Sentinel& sentinel, std::string_view name, const std::string& host, int64_t port,
                             int quorum);
Expected<Replica*> add_replica(Sentinel& sentinel, Master& master, const std::string& host, int64_t port);
Expected<Peer*> add_peer(Sentinel& sentinel, Master& master, const std::string& run_id, const std::string& host,
                         int64_t port);

Replica* find_replica(const Sentinel& sentinel, const Master& master, const std::string& host, int64_t port);

// Sentinels with the same id share one link, whichever masters they are known under.
void share_link(Sentinel& sentinel, Peer& peer);
// The same sentinel has another address now: so it has under every other master.
void spread_address(Sentinel& sentinel, Peer& peer);

// The event by which a master begins to be watched.
void announce_monitored(Sentinel& sentinel, const Master& master);
// Replicas and sentinels are down after as long as their master is.
void spread_down_after(Master& master);

// Forgets what is known of a master: its replicas, a failover under way, the connections, and the other sentinels unless
// they are to be kept.
enum class Keep : uint8_t { kNothing, kSentinels };
void reset(Master& master, Keep keep);

// The master is elsewhere now. Who was a replica stays one, and so becomes who was the master. Saved. `master` stays, its
// replicas are new objects.
void switch_address(Sentinel& sentinel, Master& master, Address to);

}  // namespace strata::sentinel
