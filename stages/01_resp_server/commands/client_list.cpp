#include "01_resp_server/commands/client_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/assert.h"
#include "common/clock.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

constexpr std::string_view kLetters = "OSMPxbtRBdcuAUre";

// Output as the line shows it: the first chunk is the client's buffer, further ones are its list.
struct OutputFigures {
  size_t buffer_bytes;
  size_t buffered;
  size_t listed_chunks;
  size_t listed_bytes;
};

OutputFigures output_figures(const Client& client) {
  const OutputBuffer& out = client.out;
  if (out.empty()) return {0, 0, 0, 0};
  size_t first = 0;
  bool seen = false;
  out.each_piece([&](std::string_view piece) {
    if (!seen) first = piece.size();
    seen = true;
  });
  size_t buffer = std::min(out.memory_bytes(), OutputBuffer::kChunkBytes);
  return {buffer, first, out.chunk_count() - 1, out.chunk_count() == 1 ? 0 : out.memory_bytes() - buffer};
}

}  // namespace

ClientLines::ClientLines() {
  for (char letter : kLetters) letters_.push_back({letter, {}});
  set_flag('O', [](const Client& client) { return client.has(Client::kMonitor); });
  set_flag('S',
           [](const Client& client) { return client.kind == ClientClass::kReplica && !client.has(Client::kMonitor); });
  set_flag('M', [](const Client& client) { return client.kind == ClientClass::kMaster; });
  set_flag('c', [](const Client& client) { return client.has(Client::kCloseAfterReply); });
  set_flag('A', [](const Client& client) { return client.has(Client::kCloseNow); });
  set_flag('U', [](const Client& client) { return client.has(Client::kUnixSocket); });
  set_flag('e', [](const Client& client) { return client.has(Client::kNoEvict); });

  figures_.fill([](const Client&) -> int64_t { return 0; });
  Number minus_one = [](const Client&) -> int64_t { return -1; };
  set_figure(Figure::kQueued, minus_one);
  set_figure(Figure::kRedirect, minus_one);
}

void ClientLines::set_flag(char letter, Flag flag) {
  auto found = std::find_if(letters_.begin(), letters_.end(), [&](const Letter& l) { return l.letter == letter; });
  STRATA_ASSERT(found != letters_.end(), "no place for flag '{}'", letter);
  found->flags.push_back(flag);
}

void ClientLines::append_flags(std::string& out, const Client& client) const {
  size_t before = out.size();
  for (const Letter& letter : letters_) {
    if (std::any_of(letter.flags.begin(), letter.flags.end(), [&](Flag flag) { return flag(client); })) {
      out += letter.letter;
    }
  }
  if (out.size() == before) out += 'N';
}

void ClientLines::append(std::string& out, Client& client) const {
  auto into = std::back_inserter(out);
  Server& server = client.server;
  int64_t age = std::max<int64_t>(0, (wall_ms() - client.created_ms) / 1000);
  int64_t idle = std::max<int64_t>(0, (server.loop.now_ms() - client.last_active_ms) / 1000);
  fmt::format_to(into, "id={} addr={} laddr={} fd={} name={} age={} idle={} flags=", client.id, client.peer_address(),
                 client.local_address(), client.fd, client.name, age, idle);
  append_flags(out, client);
  fmt::format_to(into, " db={} sub={} psub={} ssub={} multi={}", client.db, figure(Figure::kChannels, client),
                 figure(Figure::kPatterns, client), figure(Figure::kShardChannels, client),
                 figure(Figure::kQueued, client));

  InputBuffer& input = client.input();
  OutputFigures output = output_figures(client);
  int64_t queued_memory = figure(Figure::kQueuedMemory, client);
  fmt::format_to(into, " qbuf={} qbuf-free={} argv-mem={} multi-mem={}", input.size(), input.room(),
                 client.parser().argument_bytes(), queued_memory);
  fmt::format_to(into, " rbs={} rbp={} obl={} oll={} omem={} tot-mem={}", output.buffer_bytes, output.buffered,
                 output.buffered, output.listed_chunks, output.listed_bytes,
                 client.memory_bytes() + static_cast<size_t>(queued_memory));

  const CommandSpec* command = client.last_command;
  fmt::format_to(into, " events={} cmd={} user={} redir={} resp={}", client.has(Client::kWriteWatched) ? "rw" : "r",
                 command == nullptr ? std::string_view("NULL") : std::string_view(command->full_name), client.user,
                 figure(Figure::kRedirect, client), client.reply.protocol());
}

bool parse_client_class(std::string_view name, ClientClass* out) {
  if (equals_nocase(name, "normal")) {
    *out = ClientClass::kNormal;
  } else if (equals_nocase(name, "replica") || equals_nocase(name, "slave")) {
    *out = ClientClass::kReplica;
  } else if (equals_nocase(name, "pubsub")) {
    *out = ClientClass::kPubsub;
  } else if (equals_nocase(name, "master")) {
    *out = ClientClass::kMaster;
  } else {
    return false;
  }
  return true;
}

static void append_listed(std::string& out, const ClientLines& lines, Client& client) {
  if (client.has(Client::kCloseNow)) return;  // killed earlier in this turn: nobody should see it any more
  lines.append(out, client);
  out += '\n';
}

void client_list_command(Client& client, Args args) {
  Server& server = client.server;
  const ClientLines& lines = ClientLines::of(server);
  std::string out;
  if (args.size() == 2) {
    server.clients.each([&](Client& each) { append_listed(out, lines, each); });
  } else if (args.size() == 4 && equals_nocase(args[2], "type")) {
    ClientClass wanted;
    if (!parse_client_class(args[3], &wanted)) {
      client.reply.error(fmt::format("ERR Unknown client type '{}'", until_zero(args[3])));
      return;
    }
    server.clients.each([&](Client& each) {
      if (each.kind == wanted) append_listed(out, lines, each);
    });
  } else if (args.size() > 3 && equals_nocase(args[2], "id")) {
    for (std::string_view word : args.subspan(3)) {
      int64_t id = 0;
      if (!parse_int64(word, &id)) {
        client.reply.error("ERR Invalid client ID");
        return;
      }
      Client* found = id <= 0 ? nullptr : server.clients.by_id(static_cast<uint64_t>(id));
      if (found != nullptr) append_listed(out, lines, *found);
    }
  } else {
    client.reply.error("ERR syntax error");
    return;
  }
  client.reply.verbatim(out);
}

void client_info_command(Client& client, Args) {
  std::string out;
  ClientLines::of(client.server).append(out, client);
  out += '\n';
  client.reply.verbatim(out);
}

}  // namespace strata::resp
