// The state of a server that is loading its data: most commands are answered with -LOADING, INFO tells how far it is.
//
// Where the data that comes does not take the place of the old before it is all there, the old is served meanwhile: only
// what would disturb the load is refused (async_loading).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/snapshot/snapshot_loader.h"
#include "common/clock.h"

namespace strata::rdb {

class Loading {
 public:
  explicit Loading(resp::Server& server);

  enum class Mode : uint8_t { kIdle, kNothingToServe, kOldDataServed };

  bool active() const { return mode_ == Mode::kNothingToServe; }
  // Called whenever clients are served in the middle of a load: whoever waits elsewhere may be told to be patient.
  void meanwhile(std::function<void()> hook) { meanwhile_.push_back(std::move(hook)); }

  // While one lives, the server is loading.
  class Session {
   public:
    Session(Loading& loading, uint64_t total_bytes, Mode mode = Mode::kNothingToServe) : loading_(loading) {
      loading_.begin(total_bytes, mode);
    }
    ~Session() {
      loading_.last_time_ms_ = (mono_us() - start_us_) / 1000;
      loading_.end();
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Notes the progress; serves clients every now and then. False: the server is to end, so stop loading.
    bool progress(uint64_t loaded_bytes) { return loading_.progress(loaded_bytes); }
    // The same, and clients are served now.
    bool serve(uint64_t loaded_bytes) { return loading_.serve(loaded_bytes); }

   private:
    Loading& loading_;
    const int64_t start_us_ = mono_us();
  };

  // Of this load, or of the last one: what reads an image fills it in.
  LoadReport& report() { return report_; }
  void info(resp::InfoWriter& out) const;

 private:
  void begin(uint64_t total_bytes, Mode mode);
  void end();
  bool progress(uint64_t loaded_bytes);
  bool serve(uint64_t loaded_bytes);
  void serve_now_and_then();

  resp::Server& server_;
  resp::GateBit gate_;
  resp::GateBit async_gate_;
  Mode mode_ = Mode::kIdle;
  std::vector<std::function<void()>> meanwhile_;
  int64_t started_ms_ = 0;     // wall clock
  int64_t last_time_ms_ = -1;  // that the last load took; -1: there was none
  uint64_t total_bytes_ = 0;
  uint64_t loaded_bytes_ = 0;
  uint64_t served_at_ = 0;  // bytes loaded when clients were last served
  bool given_up_ = false;   // the server is to end
  LoadReport report_;
};

// Loads the snapshot file of this name and says so in the log.
Status load_snapshot_file(resp::Server& server, const std::string& name, const LoadOptions& options);

}  // namespace strata::rdb
