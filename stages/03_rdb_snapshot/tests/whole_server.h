// A server with all that this stage has, without a process around it, and a keyspace with something of everything.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/digest/data_digest.h"
#include "03_rdb_snapshot/install.h"
#include "03_rdb_snapshot/snapshot/snapshot_loader.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"

namespace strata::rdb {

class WholeServer {
 public:
  WholeServer() {
    resp::install(server);
    db::install(server);
    rdb::install(server);
  }

  db::Keyspace& keyspace() { return server.get<db::Keyspace>(); }
  std::string digest() { return digest_of_data(keyspace()).text(); }

  void ask(std::string_view command) {
    auto client = server.clients.make_internal();
    client->db = db;
    std::vector<std::string_view> words;
    for (size_t at = 0; at < command.size();) {
      const size_t end = std::min(command.find(' ', at), command.size());
      words.push_back(command.substr(at, end - at));
      at = end + 1;
    }
    server.execute(*client, words);
  }

  void clear() {
    for (size_t i = 0; i < keyspace().count(); i++) keyspace().db(static_cast<int>(i)).clear();
  }

  // A key of every type and, with 700 elements for those that are large, every encoding, in two databases.
  void fill(int elements = 700) {
    for (db = 0; db <= 3; db += 3) {
      ask("SET string value");
      ask("SET number 12345");
      ask("SET large-number 123456789012");
      ask("SET long " + std::string(3000, 'x'));
      ask("SET expiring soon PXAT 4102444800123");
      std::string numbers, names, pairs, scores;
      for (int i = 0; i < elements; i++) {
        numbers += " " + std::to_string(i * 1000);
        names += " member:" + std::to_string(i);
        pairs += " field:" + std::to_string(i) + " " + std::to_string(i);
        scores += " " + std::to_string(i) + ".5 member:" + std::to_string(i);
      }
      ask("SADD intset 1 2 70000 5000000000");
      ask("SADD numbers" + numbers);
      ask("SADD small a b c");
      ask("SADD names" + names);
      ask("HSET hash a 1 b two");
      ask("HSET fields" + pairs);
      ask("ZADD zset 1 a 2.5 b inf c");
      ask("ZADD scores" + scores);
      ask("RPUSH list a 1 b");
      ask("RPUSH nodes" + names + numbers + names);
    }
    db = 0;
  }

  std::string save() {
    MemorySink sink;
    EXPECT_TRUE(write_snapshot(server, sink, ImageKind::kSnapshot).ok());
    return sink.bytes();
  }
  // Empties the keyspace, then loads.
  Status load(std::string_view image) {
    clear();
    RdbReader in(image);
    LoadReport report;
    return load_snapshot(server, in, {}, &report);
  }

  resp::Server server;
  int db = 0;
};

}  // namespace strata::rdb
