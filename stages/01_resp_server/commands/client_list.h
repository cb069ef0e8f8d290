// The lines of CLIENT LIST and CLIENT INFO, one per connection:
//
//   id=3 addr=127.0.0.1:40522 laddr=127.0.0.1:6379 fd=8 name= age=12 idle=0 flags=N db=0 sub=0 psub=0 ssub=0
//   multi=-1 qbuf=0 qbuf-free=0 argv-mem=10 multi-mem=0 rbs=16352 rbp=0 obl=0 oll=0 omem=0 tot-mem=1200
//   events=r cmd=client|list user=default redir=-1 resp=2
//
//   age, idle           seconds since it was opened; since it last read or wrote
//   qbuf, qbuf-free     input not yet consumed, and room left in the client's own input buffer
//   argv-mem            bytes of the arguments that are being received or run
//   rbs, rbp            bytes of the first output chunk, and how much of it was needed
//   obl, oll, omem      bytes waiting in the first chunk; number and bytes of the further chunks
//
// Stages that come later have their own letters and figures to show; they register here how to find them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {

class ClientLines {
 public:
  // The fields whose values come from the stage that knows them; until then the value given here is shown.
  enum class Figure : uint8_t {
    kChannels,       // sub        0
    kPatterns,       // psub       0
    kShardChannels,  // ssub       0
    kQueued,         // multi     -1: not inside MULTI
    kQueuedMemory,   // multi-mem  0
    kRedirect,       // redir     -1: invalidations are not redirected
    kCount,
  };
  using Flag = bool (*)(const Client&);
  using Number = int64_t (*)(const Client&);

  ClientLines();
  // The server's one instance, made by whoever asks first.
  static ClientLines& of(Server& server) {
    ClientLines* found = server.find<ClientLines>();
    return found != nullptr ? *found : server.own<ClientLines>();
  }

  // Shows `letter` where `flag` says so, or where an earlier registration of the letter does. Letters have a
  // fixed order:
  //   O monitor  S replica  M master  P subscriber  x inside MULTI  b blocked  t tracking  R tracking broken
  //   B broadcast tracking  d a WATCHed key was changed  c closed after its reply  u unblocked  A closed at
  //   once U unix socket  r READONLY of a cluster  e NO-EVICT   N none of them
  void set_flag(char letter, Flag flag);
  void set_figure(Figure figure, Number number) { figures_[static_cast<size_t>(figure)] = number; }

  // Appends the client's line, without a line end.
  void append(std::string& out, Client& client) const;

 private:
  void append_flags(std::string& out, const Client& client) const;
  int64_t figure(Figure which, const Client& client) const { return figures_[static_cast<size_t>(which)](client); }

  struct Letter {
    char letter;
    std::vector<Flag> flags;
  };
  std::vector<Letter> letters_;  // in the order of showing
  std::array<Number, static_cast<size_t>(Figure::kCount)> figures_;
};

// CLIENT LIST [TYPE type | ID id [id ...]] and CLIENT INFO
void client_list_command(Client& client, Args args);
void client_info_command(Client& client, Args args);

// "normal", "master", "replica" (or "slave"), "pubsub", in any case; false for any other name.
bool parse_client_class(std::string_view name, ClientClass* out);

}  // namespace strata::resp
