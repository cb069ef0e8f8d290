#include "01_resp_server/server/config.h"

#include "01_resp_server/server/option_types.h"
#include "common/assert.h"
#include "common/text.h"

namespace strata::resp {

// --- declaring ---

void Config::add(std::unique_ptr<Option> option) {
  const std::string name = option->name();
  STRATA_ASSERT(name == to_lower(name), "option {}", name);
  if (auto known = options_.find(name); known != options_.end()) {
    // A real option takes the place of an inert one, whichever of the two was declared first.
    if (option->inert() && !known->second->inert()) return;
    STRATA_ASSERT(known->second->inert(), "option {} is declared twice", name);
    if (!known->second->traits().alias.empty()) aliases_.erase(std::string(known->second->traits().alias));
    options_.erase(known);
  }
  if (!option->traits().alias.empty()) aliases_[std::string(option->traits().alias)] = name;
  options_[name] = std::move(option);
}

void Config::flag(std::string_view name, bool* value, bool initial, std::string_view doc, OptionTraits traits) {
  add(std::make_unique<FlagOption>(std::string(name), value, initial, std::string(doc), std::move(traits)));
}

void Config::integer(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max,
                     std::string_view doc, OptionTraits traits) {
  add(std::make_unique<NumberOption>(std::string(name), NumberOption::Kind::kInteger, value, initial,
                                     NumberOption::Range{min, max}, std::string(doc), std::move(traits)));
}

void Config::octal(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max,
                   std::string_view doc, OptionTraits traits) {
  add(std::make_unique<NumberOption>(std::string(name), NumberOption::Kind::kOctal, value, initial,
                                     NumberOption::Range{min, max}, std::string(doc), std::move(traits)));
}

void Config::memory(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max,
                    std::string_view doc, OptionTraits traits) {
  add(std::make_unique<NumberOption>(std::string(name), NumberOption::Kind::kMemory, value, initial,
                                     NumberOption::Range{min, max}, std::string(doc), std::move(traits)));
}

void Config::memory_or_percent(std::string_view name, int64_t* value, int64_t initial, int64_t max,
                               std::string_view doc, OptionTraits traits) {
  add(std::make_unique<NumberOption>(std::string(name), NumberOption::Kind::kMemoryOrPercent, value, initial,
                                     NumberOption::Range{0, max}, std::string(doc), std::move(traits)));
}

void Config::text(std::string_view name, std::string* value, std::string_view initial, std::string_view doc,
                  OptionTraits traits) {
  add(std::make_unique<TextOption>(std::string(name), value, initial, std::string(doc), std::move(traits)));
}

void Config::custom(std::string_view name, CustomOption option, std::string_view doc, OptionTraits traits) {
  add(std::make_unique<CustomOptionAdapter>(std::string(name), std::move(option), std::string(doc), std::move(traits)));
}

void Config::choice_of_int(std::string_view name, std::function<int()> get, std::function<void(int)> set,
                           std::vector<std::pair<std::string_view, int>> values, std::string_view doc,
                           OptionTraits traits) {
  add(std::make_unique<ChoiceOption>(std::string(name), std::move(get), std::move(set), std::move(values),
                                     std::string(doc), std::move(traits)));
}

void Config::inert(std::string_view name, std::string_view initial, OptionTraits traits) {
  traits.inert = true;
  auto value = std::make_shared<std::string>(initial);  // shared by the two functions, gone with the option
  custom(name,
         {.get = [value] { return *value; },
          .set =
              [value](const Words& words) {
                value->clear();
                for (const std::string& word : words) value->append(value->empty() ? "" : " ").append(word);
                return Status();
              },
          .rewrite = {},
          .default_text = std::string(initial)},
         "accepted, without effect", std::move(traits));
}

void Config::directive(std::string_view name, std::function<Status(const Words&)> handler) {
  directives_[std::string(name)] = std::move(handler);
}

// --- finding ---

Option* Config::find(std::string_view name) const {
  const std::string lower = to_lower(name);
  auto found = options_.find(lower);
  if (found == options_.end()) {
    const auto alias = aliases_.find(lower);
    if (alias != aliases_.end()) found = options_.find(alias->second);
  }
  return found == options_.end() ? nullptr : found->second.get();
}

void Config::each(const std::function<void(Option&)>& visit) const {
  for (const auto& [name, option] : options_) visit(*option);
}

void Config::each_name(const std::function<void(const std::string&, Option&)>& visit) const {
  std::map<std::string_view, Option*> names;
  for (const auto& [name, option] : options_) names[name] = option.get();
  for (const auto& [alias, name] : aliases_) names[alias] = find(name);
  for (const auto& [name, option] : names) visit(std::string(name), *option);
}

bool Config::is_directive(std::string_view name) const { return directives_.contains(to_lower(name)); }

// --- setting ---

Status Config::apply(std::string_view name, const Words& words) {
  if (Option* option = find(name)) {
    if (option->traits().multi) {
      // One quoted word holds the same as many bare ones: save "900 1".
      return option->add_line(words.size() == 1 ? option->words_of(words[0]) : words);
    }
    if (words.size() != 1) return Status::error("wrong number of arguments");
    return option->add_line(words);
  }
  if (const auto found = directives_.find(to_lower(name)); found != directives_.end()) return found->second(words);
  return Status::error("Bad directive or wrong number of arguments");
}

// [task 1.5] Change several options at once: all of them, or none.
bool Config::change(const std::vector<std::pair<std::string, std::string>>& pairs, bool allow_protected,
                    ChangeError* error) {
  struct Step {
    Option* option;
    std::string before;
    bool changed;
  };
  std::vector<Step> steps;

  // All names are looked at before any value is: a wrong name changes nothing.
  for (const auto& [name, value] : pairs) {
    Option* option = find(name);
    *error = {name, ""};
    if (option == nullptr) return false;
    error->reason = option->traits().immutable                     ? "can't set immutable config"
                    : option->traits().protect && !allow_protected ? "can't set protected config"
                                                                   : "";
    // The two names of one option are no duplicates: the later one wins.
    for (size_t i = 0; i < steps.size(); ++i) {
      if (equals_nocase(pairs[i].first, name)) error->reason = "duplicate parameter";
    }
    if (!error->reason.empty()) return false;
    steps.push_back({option, option->get(), false});
  }

  auto put_back = [&steps] {
    // Backwards, so that an option that was named twice ends as it began.
    for (size_t i = steps.size(); i-- > 0;) (void)steps[i].option->restore(steps[i].before);
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    const Status stored = steps[i].option->set(steps[i].option->words_of(pairs[i].second));
    if (!stored.ok()) {
      *error = {to_lower(pairs[i].first), stored.message()};
      put_back();
      return false;
    }
    steps[i].changed = steps[i].option->get() != steps[i].before;
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto& on_change = steps[i].option->traits().on_change;
    if (!steps[i].changed || !on_change) continue;
    const Status applied = on_change();
    if (applied.ok()) continue;
    *error = {to_lower(pairs[i].first), applied.message()};
    put_back();
    // What was applied with the new values is applied once more with the old ones.
    for (size_t k = 0; k <= i; ++k) {
      if (steps[k].changed && steps[k].option->traits().on_change) (void)steps[k].option->traits().on_change();
    }
    return false;
  }
  return true;
}

}  // namespace strata::resp
