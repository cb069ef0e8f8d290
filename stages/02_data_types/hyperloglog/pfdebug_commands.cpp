// PFDEBUG and PFSELFTEST: a look inside, for tests.
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "01_resp_server/db/string_value.h"
#include "02_data_types/hyperloglog/dense.h"
#include "02_data_types/hyperloglog/hyperloglog_commands.h"
#include "02_data_types/hyperloglog/sparse.h"
#include "common/random.h"
#include "common/text.h"

namespace strata::db {

using namespace resp;
using hll::StoredHyperLogLog;

namespace {

// Makes it dense, which counts as a change; false after the error when it is corrupt.
bool make_dense(Client& client, StoredHyperLogLog& counter) {
  if (hll::is_dense(counter.bytes())) return true;
  if (!counter.make_dense()) {
    client.reply.error(kCorruptHllError);
    return false;
  }
  keyspace_of(client).effects.dirty++;
  return true;
}

}  // namespace

// PFDEBUG GETREG|DECODE|ENCODING|TODENSE key
void pfdebug_command(Client& client, Args args) {
  Database& database = database_of(client);
  Ref ref = database.write(args[2]);
  if (!ref) {
    client.reply.error("ERR The specified key does not exist");
    return;
  }
  if (!is_hyperloglog(client, ref)) return;
  StoredHyperLogLog counter(database, ref);
  bool was_dense = hll::is_dense(counter.bytes());
  if (equals_nocase(args[1], "GETREG")) {
    if (!make_dense(client, counter)) return;
    client.reply.array(hll::kRegisters);
    const char* dense = hll::registers_part(counter.bytes()).data();
    for (unsigned i = 0; i < hll::kRegisters; i++) client.reply.integer(hll::dense_get(dense, i));
  } else if (equals_nocase(args[1], "DECODE")) {
    if (was_dense) {
      client.reply.error("ERR HLL encoding is not sparse");
    } else {
      client.reply.bulk(hll::describe_sparse(hll::registers_part(counter.bytes())));
    }
  } else if (equals_nocase(args[1], "ENCODING")) {
    client.reply.simple(was_dense ? "dense" : "sparse");
  } else if (equals_nocase(args[1], "TODENSE")) {
    if (make_dense(client, counter)) client.reply.integer(was_dense ? 0 : 1);
  } else {
    client.reply.error(fmt::format("ERR Unknown PFDEBUG subcommand '{}'", args[1]));
  }
}

namespace {

// Random registers survive the dense form.
bool dense_form_holds(Random& random) {
  hll::Registers registers;
  for (uint8_t& rank : registers) rank = static_cast<uint8_t>(random.below(64));
  std::string dense(hll::kDenseBytes, '\xff');
  hll::write_dense(dense.data(), registers);
  for (unsigned i = 0; i < hll::kRegisters; i++) {
    if (hll::dense_get(dense.data(), i) != registers[i]) return false;
  }
  return true;
}

// Both forms come to the same registers, and the estimate stays near the number of different elements.
std::string estimates_hold(Random& random) {
  constexpr uint64_t kMost = 1'000'000;
  constexpr double kToleratedErrors = 5;
  const double standard_error = 1.04 / std::sqrt(hll::kRegisters);
  uint64_t seed = random.next();
  hll::Registers registers{};
  std::string runs(hll::empty_runs());
  bool sparse = true;
  uint64_t next_check = 1;
  for (uint64_t added = 1; added <= kMost; added++) {
    uint64_t element = seed + added;
    hll::Place place = hll::place_of({reinterpret_cast<const char*>(&element), sizeof element});
    registers[place.index] = std::max(registers[place.index], place.rank);
    if (sparse) {
      hll::SparseChange change = hll::raise_sparse(runs, place);
      if (change.kind == hll::SparseChange::Kind::kReplace) {
        runs.replace(change.at, change.old_bytes, change.bytes());
        runs.resize(hll::join_runs(runs.data(), runs.size(), change.from));
      }
      sparse = change.kind != hll::SparseChange::Kind::kTooHigh && runs.size() < 3000;
    }
    if (added != next_check) continue;
    next_check *= 10;
    hll::Registers from_runs{};
    if (sparse && (!hll::merge_sparse(runs, from_runs) || from_runs != registers)) {
      return fmt::format("sparse and dense registers differ after {} elements", added);
    }
    uint64_t count = hll::estimate(hll::histogram_of(registers));
    double error = std::abs(static_cast<double>(count) - static_cast<double>(added));
    double tolerated = std::ceil(kToleratedErrors * standard_error * static_cast<double>(added)) + 1;
    if (error > tolerated) return fmt::format("{} elements are estimated as {}", added, count);
  }
  return {};
}

}  // namespace

void pfselftest_command(Client& client, Args) {
  Random& random = keyspace_of(client).random;
  if (!dense_form_holds(random)) {
    client.reply.error("TESTFAILED Dense registers do not come back as they were written");
    return;
  }
  if (std::string failure = estimates_hold(random); !failure.empty()) {
    client.reply.error("TESTFAILED " + failure);
    return;
  }
  client.reply.ok();
}

}  // namespace strata::db
