// client-output-buffer-limit: for each class of clients a hard limit, and a soft one that may be exceeded for
// some seconds.   client-output-buffer-limit normal 0 0 0
//            client-output-buffer-limit replica 256mb 64mb 60 pubsub 32mb 8mb 60
#pragma once

#include <array>

#include "01_resp_server/server/clients.h"
#include "01_resp_server/server/config.h"

namespace strata::resp {

class OutputLimitOption final : public Option {
 public:
  static constexpr size_t kClasses = 3;  // normal, replica, pubsub
  explicit OutputLimitOption(OutputLimit (&limits)[kClasses]);

  std::string get() const override;
  // Classes that are not named keep their limits, so several lines of a file add up.
  Status set(const std::vector<std::string>& words) override;
  std::string default_text() const override;
  std::vector<RewriteLine> rewrite() const override;

 private:
  OutputLimit (&limits_)[kClasses];
  std::array<OutputLimit, kClasses> initial_;
};

}  // namespace strata::resp
