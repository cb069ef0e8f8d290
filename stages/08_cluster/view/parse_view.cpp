// nodes.conf read back.
#include <algorithm>
#include <optional>
#include <vector>

#include "08_cluster/view/nodes_text.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::cluster {

namespace {

using Words = std::vector<std::string>;

std::optional<int> slot_of(std::string_view word) {
  int64_t slot = 0;
  if (!parse_int64(word, &slot) || slot < 0 || slot >= kSlots) return std::nullopt;
  return static_cast<int>(slot);
}

std::optional<int> port_of(std::string_view word) {
  int64_t port = 0;
  if (!parse_int64(word, &port) || port < 0 || port > 65535) return std::nullopt;
  return static_cast<int>(port);
}

std::optional<uint16_t> flag_of(std::string_view word) {
  if (word == "noflags") return uint16_t{0};
  if (word == "myself") return kMyself;
  if (word == "master") return kMaster;
  if (word == "slave") return kReplica;
  if (word == "fail?") return kSuspected;
  if (word == "fail") return kFailed;
  if (word == "handshake") return kHandshake;
  if (word == "noaddr") return kNoAddress;
  if (word == "nofailover") return kNoFailover;
  return std::nullopt;
}

class Parser {
 public:
  Parser(std::unique_ptr<View> view, int64_t now_ms) : view_(std::move(view)), now_ms_(now_ms) {}

  Status line(std::string_view text) {
    const std::optional<Words> split = split_args(text);
    if (!split) return Status::error("unbalanced quotes");
    const Words& words = *split;
    if (words.empty()) return {};
    if (words[0] == "vars") return variables(words);
    if (words.size() < 8) return Status::error("a line of fewer than 8 words");
    return node(words);
  }

  std::unique_ptr<View> finish() {
    view_->current_epoch = std::max(view_->current_epoch, view_->greatest_epoch());
    view_->due = {};
    return std::move(view_);
  }

 private:
  Status variables(const Words& words) {
    if (words.size() % 2 == 0) return Status::error("a variable without a value");
    for (size_t i = 1; i + 1 < words.size(); i += 2) {
      uint64_t value = 0;
      if (!parse_uint64(words[i + 1], &value)) return Status::error("'{}' is no number", words[i + 1]);
      if (words[i] == "currentEpoch") {
        view_->current_epoch = value;
      } else if (words[i] == "lastVoteEpoch") {
        view_->last_vote_epoch = value;
      } else {
        log_notice("Skipping unknown cluster config variable '{}'", words[i]);
      }
    }
    return {};
  }

  // A node may be spoken of before its own line comes.
  Node* known(std::string_view id) {
    if (!valid_node_id(id)) return nullptr;
    Node* node = view_->find(id);
    return node != nullptr ? node : &view_->add(std::string(id), 0, now_ms_);
  }

  Status node(const Words& words) {
    Node* node = known(words[0]);
    if (node == nullptr) return Status::error("'{}' is no node id", words[0]);
    if (Status read = address(words[1], *node); !read.ok()) return read;
    if (Status read = flags(words[2], *node); !read.ok()) return read;
    if (words[3] != "-") {
      Node* master = known(words[3]);
      if (master == nullptr || master == node) return Status::error("'{}' cannot be its master", words[3]);
      view_->attach(*node, *master);
    }
    if (words[4] != "0") node->ping_sent_ms = now_ms_;
    if (words[5] != "0") node->pong_received_ms = now_ms_;
    uint64_t epoch = 0;
    if (!parse_uint64(words[6], &epoch)) return Status::error("'{}' is no epoch", words[6]);
    node->config_epoch = node->is_replica() ? 0 : epoch;
    for (size_t i = 8; i < words.size(); ++i) {
      if (Status read = slots(words[i], *node); !read.ok()) return read;
    }
    return {};
  }

  Status address(std::string_view word, Node& node) {
    const Status wrong = Status::error("'{}' is no address", word);
    if (const size_t comma = word.find(','); comma != std::string_view::npos) {
      node.hostname = word.substr(comma + 1);
      word = word.substr(0, comma);
    }
    const size_t colon = word.rfind(':');
    if (colon == std::string_view::npos) return wrong;
    node.ip = word.substr(0, colon);
    std::string_view port = word.substr(colon + 1);
    std::optional<int> bus;
    if (const size_t at = port.find('@'); at != std::string_view::npos) {
      bus = port_of(port.substr(at + 1));
      if (!bus) return wrong;
      port = port.substr(0, at);
    }
    const std::optional<int> number = port_of(port);
    if (!number) return wrong;
    node.port = *number;
    node.bus_port = bus.value_or(*number + 10000);
    return {};
  }

  Status flags(std::string_view list, Node& node) {
    while (!list.empty()) {
      const size_t end = std::min(list.find(','), list.size());
      const std::optional<uint16_t> flag = flag_of(list.substr(0, end));
      if (!flag) return Status::error("unknown flag '{}'", list.substr(0, end));
      if (*flag != kMyself) node.set(*flag);
      if (*flag == kFailed) node.failed_ms = now_ms_;
      list.remove_prefix(std::min(end + 1, list.size()));
    }
    return {};
  }

  Status slots(std::string_view word, Node& node) {
    const Status wrong = Status::error("'{}' are no slots", word);
    if (word.front() == '[') return open_slot(word, node);
    const size_t dash = word.find('-');
    const std::optional<int> first = slot_of(word.substr(0, dash));
    const std::optional<int> last = dash == std::string_view::npos ? first : slot_of(word.substr(dash + 1));
    if (!first || !last || *first > *last) return wrong;
    for (int slot = *first; slot <= *last; ++slot) view_->assign(slot, node);
    return {};
  }

  Status open_slot(std::string_view word, const Node& node) {
    const Status wrong = Status::error("'{}' is no open slot", word);
    const size_t dash = word.find('-');
    if (!view_->is_myself(node) || dash == std::string_view::npos || word.size() != dash + 3 + kIdBytes + 1 ||
        word.back() != ']') {
      return wrong;
    }
    const std::optional<int> slot = slot_of(word.substr(1, dash - 1));
    const std::string_view arrow = word.substr(dash, 3);
    Node* other = known(word.substr(dash + 3, kIdBytes));
    if (!slot || other == nullptr || (arrow != "->-" && arrow != "-<-")) return wrong;
    if (arrow == "->-") {
      view_->set_migrating(*slot, other);
    } else {
      view_->set_importing(*slot, other);
    }
    return {};
  }

  std::unique_ptr<View> view_;
  int64_t now_ms_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The one line that is about this node; empty when there is none, or more than one.
std::string own_id(const std::vector<std::string_view>& lines) {
  std::string id;
  for (std::string_view line : lines) {
    const Words words = split_args(line).value_or(Words());
    if (words.size() < 3 || words[2].find("myself") == std::string::npos) continue;
    if (!id.empty()) return {};
    id = words[0];
  }
  return id;
}

}  // namespace

// [task 8.2] Read nodes.conf.
Expected<std::unique_ptr<View>> parse_view(std::string_view text, int64_t now_ms) {
  const std::vector<std::string_view> lines = lines_of(text);
  const std::string id = own_id(lines);
  if (!valid_node_id(id)) return Status::error("no line, or more than one, is about this node itself");
  auto view = std::make_unique<View>(id, now_ms);
  view->myself().flags = kMyself;
  Parser parser(std::move(view), now_ms);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (Status read = parser.line(lines[i]); !read.ok()) {
      return Status::error("line {}: {}", i + 1, read.message());
    }
  }
  return parser.finish();
}

}  // namespace strata::cluster
