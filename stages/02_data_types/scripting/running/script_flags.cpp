#include "02_data_types/scripting/running/script_flags.h"

#include "common/text.h"

namespace strata::script {

uint32_t script_flag(std::string_view name) {
  for (const ScriptFlagName& each : kScriptFlagNames) {
    if (each.name == name) return each.flag;
  }
  return 0;
}

bool has_shebang(std::string_view script) { return script.starts_with("#!"); }

Expected<Shebang> read_shebang(std::string_view script, std::string_view error) {
  const size_t length = script.find('\n');
  if (length == std::string_view::npos) return Status::error(std::string(error));
  auto words = split_args(script.substr(0, length));
  if (!words || words->empty()) return Status::error(std::string(error));
  return Shebang{std::move(*words), length};
}

namespace {

Status add_flags(std::string_view list, uint32_t* flags) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    const uint32_t flag = script_flag(name);
    if (flag == 0) return Status::error("Unexpected flag in script shebang: {}", name);
    *flags |= flag;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
    if (list.empty()) return Status::error("Unexpected flag in script shebang: {}", list);
  }
  return {};
}

}  // namespace

// [task 2.14] Read what a script says of itself in its first line.
Expected<uint32_t> read_script_flags(std::string_view script, std::string_view* code) {
  *code = script;
  if (!has_shebang(script)) return uint32_t{kNoShebang};
  auto shebang = read_shebang(script, "Invalid script shebang");
  if (!shebang) return shebang.status();
  if (shebang->words[0] != "#!lua") {
    return Status::error("Unexpected engine in script shebang: {}", shebang->words[0]);
  }
  uint32_t flags = 0;
  for (size_t i = 1; i < shebang->words.size(); i++) {
    const std::string_view word = shebang->words[i];
    if (!word.starts_with("flags=")) return Status::error("Unknown lua shebang option: {}", word);
    if (Status added = add_flags(word.substr(6), &flags); !added.ok()) return added;
  }
  code->remove_prefix(shebang->length);
  return flags;
}

}  // namespace strata::script
