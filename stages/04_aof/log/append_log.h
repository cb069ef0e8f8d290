// The append-only log: every write command, written to the file before its reply leaves.
//
//   command -> WriteStream -> append(): buffer        during a turn of the loop
//   write_out(): one write(2), perhaps fdatasync      before the replies of the turn are sent (a reply barrier)
//   replies                                           "+OK" means: written, and with appendfsync always on the disk
//
//   appendfsync    who waits for the disk                          what a power cut can take
//   always         the loop, once a turn for all clients           nothing that was acknowledged
//   everysec       a thread, about once a second                   the last second; two, if the disk is slow
//   no             nobody                                          whatever the system has not written yet
//
// everysec, when the disk is slow: while an fdatasync is under way a write to the same file would wait for it, and with
// it every client. So the write is put off, for two seconds at most; then it is better to wait.
//
// A write that fails is fatal with `always`, whose promise could not be kept. Otherwise the file is cut back to its last
// whole command, the commands stay in the buffer, and writers are refused (MISCONF) until a write succeeds.
#pragma once

#include <cstdint>
#include <string>

#include "01_resp_server/server/server.h"
#include "02_data_types/writes/write_stream.h"
#include "04_aof/log/sync_thread.h"
#include "common/files.h"

namespace strata::aof {

enum class SyncPolicy : uint8_t { kAlways, kEverySecond, kNo };

class AppendLog final : public db::WriteSink {
 public:
  struct Options {
    SyncPolicy policy = SyncPolicy::kEverySecond;
    bool timestamps = false;            // aof-timestamp-enabled
    bool no_sync_during_child = false;  // no-appendfsync-on-rewrite
  };

  AppendLog(resp::Server& server, SyncThread& thread);

  Options options;

  // --- what is written to ---
  // Goes on in this file, which has `bytes` already; the file before it is synced and closed by the thread. What is in the
  // buffer belongs to the new file: write_out(kNow) before.
  void open(UniqueFd fd, uint64_t bytes);
  bool is_open() const { return static_cast<bool>(fd_); }
  // Writes and syncs everything, then closes the file. Afterwards nothing is gathered.
  Status close();
  // The same without a word more to the file: what is in the buffer is dropped.
  void abandon();

  // WriteSink
  void begin_unit() override;
  void append(std::string_view requests) override;

  // --- writing ---
  enum class Urgency : uint8_t { kUsual, kNow };
  void write_out(Urgency urgency = Urgency::kUsual);
  // Ten times a second: what was put off, and a sync that nobody asked for because nothing more was written.
  void periodic();
  Status sync();  // everything that was written is on the disk

  // --- how it fares ---
  uint64_t file_bytes() const { return file_bytes_; }  // of the present file
  size_t buffered() const { return buffer_.size(); }
  uint64_t delayed_syncs() const { return delayed_syncs_; }
  size_t pending_syncs() const { return thread_.pending_syncs(); }
  bool failing() const { return write_error_ != 0 || thread_.last_error() != 0; }
  int error_number() const { return write_error_ != 0 ? write_error_ : thread_.last_error(); }
  void reset_statistics() { delayed_syncs_ = 0; }

  // Whoever counts all bytes of the log hears of those that are written.
  void on_written(std::function<void(size_t)> hook) { written_hook_ = std::move(hook); }
  void on_failure(std::function<void()> hook) { failure_hook_ = std::move(hook); }  // it began, or ended

 private:
  bool put_off();
  bool write_buffer();
  void note_latency(int64_t duration_ms);
  void write_failed(size_t written, int error);
  void sync_as_wanted();
  bool sync_allowed() const;
  void note_error(int error);

  resp::Server& server_;
  SyncThread& thread_;
  UniqueFd fd_;
  std::string buffer_;
  uint64_t file_bytes_ = 0;
  uint64_t synced_bytes_ = 0;     // of the file, given to the disk or about to be
  int64_t last_sync_ms_ = 0;      // loop clock
  int64_t put_off_since_ms_ = 0;  // 0: it was not
  int64_t last_timestamp_s_ = 0;
  int64_t last_complaint_ms_ = 0;
  uint64_t delayed_syncs_ = 0;
  int write_error_ = 0;
  int seen_error_ = 0;  // of the thread
  std::function<void(size_t)> written_hook_;
  std::function<void()> failure_hook_;
};

}  // namespace strata::aof
