// Any bytes: loading ends with a status, and what was loaded can be walked, saved and freed.
#include "03_rdb_snapshot/tests/whole_server.h"
#include "common/log.h"

namespace {

strata::rdb::WholeServer& host() {
  strata::set_log_level(strata::LogLevel::kWarning);
  strata::set_log_file("/dev/null");
  static strata::rdb::WholeServer server;
  return server;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string image = "REDIS0003";  // without a checksum
  image.append(reinterpret_cast<const char*>(data), size);
  image += '\xff';
  (void)host().load(image);
  (void)host().digest();
  (void)host().save();
  return 0;
}
