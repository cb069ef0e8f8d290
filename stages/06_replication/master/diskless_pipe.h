// A snapshot on its way to several replicas without a file: a child writes it into a pipe, the server reads the pipe and
// hands each piece to all of them. It reads on when all have taken the last piece, so the slowest sets the pace and nothing
// piles up.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "01_resp_server/server/client.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "06_replication/master/master.h"
#include "common/files.h"

namespace strata::repl {

class Master::Pipe final : public net::Watcher {
 public:
  // `done`: told of each replica when the image has been handed to it, or could not be.
  Pipe(resp::Server& server, std::vector<resp::Client*> replicas, rdb::ImageParts parts,
       std::function<void(resp::Client&, bool)> done);
  ~Pipe();

  Status start(std::function<void()> ended);
  void forget(resp::Client& client);

  void on_readable() override;

 private:
  static constexpr size_t kPiece = 64 * 1024;

  bool all_have_taken() const;
  void pause();
  void finish(bool succeeded);
  void try_finish();

  resp::Server& server_;
  std::vector<resp::Client*> replicas_;
  rdb::ImageParts parts_;
  std::function<void(resp::Client&, bool)> done_;
  std::function<void()> ended_;
  std::string mark_;  // 40 bytes that end the image
  UniqueFd pipe_;
  net::TimerId resume_timer_ = 0;
  bool drained_ = false;  // the child has written everything
  bool child_ended_ = false;
  bool succeeded_ = false;
};

}  // namespace strata::repl
