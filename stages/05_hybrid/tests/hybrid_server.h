// A server with stages 1 to 5, without a process around it, whose log lies in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include "03_rdb_snapshot/tests/whole_server.h"
#include "04_aof/install.h"
#include "04_aof/persistence/append_only.h"
#include "04_aof/tests/log_samples.h"
#include "05_hybrid/image_base.h"
#include "05_hybrid/install.h"
#include "common/log.h"

namespace strata::hybrid {

struct HybridTest : ::testing::Test {
  HybridTest() {
    set_log_file("/dev/null");
    aof::install(host.server);
    hybrid::install(host.server);
    auto& options = host.server.get<aof::AppendOnly>().options;
    options.enabled = true;
    options.directory_name = folder / "logs";
    options.file_name = "a.aof";
    std::filesystem::create_directory(folder / "logs");
  }
  ~HybridTest() override { set_log_file(""); }

  // The data as a base, in memory.
  std::string image() {
    rdb::MemorySink sink;
    EXPECT_TRUE(write_image(host.server, sink, {}).ok());
    return sink.bytes();
  }

  // Empties the keyspace, then starts from what lies in the folder: a base `b` and, if it is not empty, an increment `i`.
  Status start_from(std::string_view base, std::string_view increment = "") {
    host.clear();
    folder.write("logs/b", base);
    std::string manifest = "file b seq 1 type b\n";
    if (!increment.empty()) {
      folder.write("logs/i", increment);
      manifest += "file i seq 1 type i\n";
    }
    folder.write("logs/a.aof.manifest", manifest);
    auto& log = host.server.get<aof::AppendOnly>();
    if (Status read = log.prepare(); !read.ok()) return read;
    return log.load();
  }

  size_t keys(int db = 0) { return host.keyspace().db(db).size(); }

  aof::TestFolder folder;
  rdb::WholeServer host;
};

}  // namespace strata::hybrid
