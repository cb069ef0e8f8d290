// A published message in the form it has on the wire, encoded once per protocol version and copied to each
// receiver.
//
//   to a channel's subscribers   RESP2  *3 "message"  channel message            RESP3  >3 ...
//   to a pattern's subscribers   RESP2  *4 "pmessage" pattern channel message    RESP3  >4 ...
//   to a shard channel's         RESP2  *3 "smessage" channel message            RESP3  >3 ...
//
// The two versions differ in the first byte only. A large message is not copied into the frame: its head is
// encoded and the message is appended to each output from where it lies.
#pragma once

#include <string>
#include <string_view>

#include "01_resp_server/resp/output_buffer.h"

namespace strata::resp {

class MessageFrame {
 public:
  // Encodes a message of that kind, with the pattern that it came through when there is one. `message` must outlive the use.
  void encode(std::string_view kind, const std::string_view* pattern, std::string_view channel,
              std::string_view message);

  // Appends the frame to a client's output in its protocol version.
  void append_to(OutputBuffer& out, bool resp3) {
    head_[0] = resp3 ? '>' : '*';
    out.append(head_);
    if (!body_.empty()) {
      out.append(body_);
      out.append("\r\n");
    }
  }

 private:
  static constexpr size_t kCopied = 8 * 1024;  // messages up to here are part of the head
  static constexpr size_t kKept = 64 * 1024;   // capacity kept for the next message

  std::string head_;
  std::string_view body_;
};

}  // namespace strata::resp
