#include "01_resp_server/server/command_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "01_resp_server/server/key_finder.h"
#include "common/assert.h"
#include "common/text.h"

namespace strata::resp {

namespace {

uint64_t first_word(std::string_view name) {
  uint64_t word = 0;
  std::memcpy(&word, name.data(), std::min<size_t>(name.size(), 8));
  return word;
}

// Setting bit 5 lowers letters and leaves digits alone; that it also folds a few other bytes together does not matter,
// since what is found is compared in full.
constexpr uint64_t kFold = 0x2020202020202020ull;

size_t spread(uint64_t word, size_t length) {
  return static_cast<size_t>((word * 0x9E3779B97F4A7C15ull + length * 0xD6E8FEB86659FD93ull) >> 40);
}

}  // namespace

// [task 1.3] Find a subcommand by its name, in any case.
const CommandSpec* CommandSpec::subcommand(std::string_view word) const {
  for (const CommandSpec& each : subcommands) {
    if (equals_nocase(each.name, word)) return &each;
  }
  return nullptr;
}

CommandSpec& CommandTable::add(CommandSpec spec) {
  std::string name(spec.name);
  STRATA_ASSERT(!by_name_.contains(name), "command {} is registered twice", name);
  CommandSpec& placed = specs_.emplace_back(std::move(spec));
  adopt(placed, nullptr);
  by_name_.emplace(std::move(name), &placed);
  index();
  return placed;
}

CommandSpec& CommandTable::add_subcommand(std::string_view container, CommandSpec spec) {
  auto it = by_name_.find(std::string(container));
  STRATA_ASSERT(it != by_name_.end(), "no command {} to add {} to", container, spec.name);
  CommandSpec& parent = *it->second;
  STRATA_ASSERT(parent.subcommand(spec.name) == nullptr, "{} {} is registered twice", container, spec.name);
  std::string name(spec.name);
  parent.subcommands.push_back(std::move(spec));
  adopt(parent, nullptr);  // the vector may have moved: full names, docs and parents are attached anew
  return parent.subcommands.back();
}

void CommandTable::adopt(CommandSpec& spec, const CommandSpec* parent) {
  spec.parent = parent;
  spec.full_name = parent == nullptr ? std::string(spec.name) : parent->full_name + "|" + std::string(spec.name);
  if (auto doc = docs_.find(spec.full_name); doc != docs_.end()) spec.doc = &doc->second;
  if (has_movable_keys(spec)) spec.flags |= kMovableKeys;
  for (CommandSpec& each : spec.subcommands) adopt(each, &spec);
}

void CommandTable::add_docs(std::string_view full_name, CommandDoc doc) {
  auto [it, fresh] = docs_.emplace(std::string(full_name), std::move(doc));
  STRATA_ASSERT(fresh, "{} is documented twice", full_name);
  std::string_view container = full_name.substr(0, full_name.find('|'));
  if (auto found = by_name_.find(std::string(container)); found != by_name_.end()) adopt(*found->second, nullptr);
}

Status CommandTable::rename(std::string_view from, std::string_view to) {
  auto it = by_name_.find(to_lower(from));
  if (it == by_name_.end()) return Status::error("No such command in rename-command");
  CommandSpec* spec = it->second;
  by_name_.erase(it);
  spec->removed = to.empty();
  if (!to.empty() && !by_name_.emplace(to_lower(to), spec).second) {
    return Status::error("Target command name already exists");
  }
  index();
  return {};
}

void CommandTable::index() {
  buckets_.assign(std::bit_ceil(by_name_.size() * 4 + 1), Bucket{});
  for (auto& [name, spec] : by_name_) {
    uint64_t word = first_word(name);
    size_t at = spread(word | kFold, name.size()) & (buckets_.size() - 1);
    while (buckets_[at].spec != nullptr) at = (at + 1) & (buckets_.size() - 1);
    buckets_[at] = {word, first_word(to_upper(name)), name.size(), &name, spec};
  }
}

const CommandSpec* CommandTable::find(std::string_view name) const {
  uint64_t word = first_word(name);
  for (size_t at = spread(word | kFold, name.size());; at++) {
    const Bucket& bucket = buckets_[at & (buckets_.size() - 1)];
    if (bucket.spec == nullptr) return nullptr;
    if (bucket.length != name.size()) continue;
    // Short names as clients write them, all lower or all upper case, need no loop.
    if (name.size() <= 8 && (word == bucket.word || word == bucket.upper)) return bucket.spec;
    if (equals_nocase(*bucket.name, name)) return bucket.spec;
  }
}

const CommandSpec* CommandTable::resolve(Args args) const {
  if (args.empty()) return nullptr;
  const CommandSpec* spec = find(args[0]);
  if (spec == nullptr || !spec->is_container() || args.size() < 2) return spec;
  return spec->subcommand(args[1]);
}

void CommandTable::each(const std::function<void(CommandSpec&)>& visit) {
  for (CommandSpec& spec : specs_) {
    if (!spec.removed) visit(spec);
  }
}

void CommandTable::each(const std::function<void(const CommandSpec&)>& visit) const {
  for (const CommandSpec& spec : specs_) {
    if (!spec.removed) visit(spec);
  }
}

}  // namespace strata::resp
