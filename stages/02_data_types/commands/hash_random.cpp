// HRANDFIELD: fields drawn by chance, at a cost in proportion to their number where that is possible.
//
//   no count           one field
//   count < 0          that many draws, the same field as often as it comes
//   count >= size      the whole hash
//   count > size / 3   one walk over the hash that takes each field with the right probability
//   less               draws, those that came before are drawn again
//
// A listpack is small but has no random access: its fields are walked, or listed once when there are draws to come.
#include <climits>
#include <unordered_set>
#include <vector>

#include "02_data_types/commands/hash_commands.h"
#include "common/text.h"

namespace strata::db {

namespace {

using namespace resp;

class Answer {
 public:
  Answer(Reply& reply, bool with_values) : reply_(reply), with_values_(with_values) {}

  void begin(size_t fields) { reply_.array(with_values_ && !reply_.resp3() ? fields * 2 : fields); }
  void field(const HashField& field) {
    if (with_values_ && reply_.resp3()) reply_.array(2);
    reply_element(reply_, field.name);
    if (with_values_) reply_element(reply_, field.value);
  }

 private:
  Reply& reply_;
  bool with_values_;
};

void answer_with_repeats(Client& client, const HashValue& hash, uint64_t count, Answer& answer) {
  Random& random = keyspace_of(client).random;
  std::vector<HashField> listed;
  if (hash.is_listpack()) hash.each([&](const HashField& field) { listed.push_back(field); });
  answer.begin(count);
  // The count may be absurd: whoever hung up or exceeded the output limit is not answered to the end.
  for (; count > 0 && !client.has(Client::kCloseNow); count--) {
    answer.field(listed.empty() ? hash.random(random) : listed[random.below(listed.size())]);
  }
}

// Takes each field with the probability wanted / left, so that exactly `count` are taken and all choices are equally
// likely: selection sampling, Knuth, TAOCP 2, 3.4.2, algorithm S.
void answer_from_walk(Client& client, const HashValue& hash, uint64_t count, Answer& answer) {
  Random& random = keyspace_of(client).random;
  uint64_t left = hash.size();
  answer.begin(count);
  hash.each([&](const HashField& field) {
    if (random.below(left--) >= count) return;
    count--;
    answer.field(field);
  });
}

void answer_from_draws(Client& client, const HashValue& hash, uint64_t count, Answer& answer) {
  Random& random = keyspace_of(client).random;
  std::unordered_set<const char*> taken;
  answer.begin(count);
  while (count > 0) {
    HashField field = hash.random(random);
    if (!taken.insert(field.name.text.data()).second) continue;
    count--;
    answer.field(field);
  }
}

}  // namespace

// HRANDFIELD key [count [WITHVALUES]]
void hrandfield_command(Client& client, Args args) {
  int64_t count = 0;
  bool with_values = args.size() == 4;
  if (args.size() > 2) {
    if (!integer_argument(client, args[2], &count)) return;
    if (count == LLONG_MIN) {
      client.reply.error("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
      return;
    }
    if (args.size() > 4 || (with_values && !equals_nocase(args[3], "WITHVALUES"))) {
      client.reply.error(kSyntaxError);
      return;
    }
    if (with_values && (count < -LLONG_MAX / 2 || count > LLONG_MAX / 2)) {
      client.reply.error("ERR value is out of range");
      return;
    }
  }
  std::optional<HashValue> hash;
  if (!read_hash(client, args[1], hash)) return;
  if (args.size() == 2) {
    if (hash) {
      reply_element(client.reply, hash->random(keyspace_of(client).random).name);
    } else {
      client.reply.null();
    }
    return;
  }
  if (!hash || count == 0) {
    client.reply.empty_array();
    return;
  }
  Answer answer(client.reply, with_values);
  if (count < 0) {
    answer_with_repeats(client, *hash, static_cast<uint64_t>(-count), answer);
    return;
  }
  uint64_t wanted = std::min<uint64_t>(static_cast<uint64_t>(count), hash->size());
  if (hash->is_listpack() || wanted > hash->size() / 3) {
    answer_from_walk(client, *hash, wanted, answer);
  } else {
    answer_from_draws(client, *hash, wanted, answer);
  }
}

}  // namespace strata::db
