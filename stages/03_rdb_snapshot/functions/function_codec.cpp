#include "03_rdb_snapshot/functions/function_codec.h"

#include "03_rdb_snapshot/format/opcodes.h"

namespace strata::rdb {

namespace {

// [task 3.14] Write the code of a library.
void write_library(std::string_view code, RdbWriter& out) {
  out.byte(kFunction2);
  out.string(code);
}

}  // namespace

void save_functions(const script::LibrarySet& set, RdbWriter& out) {
  for (const auto& [name, library] : set.libraries()) write_library(library->code, out);
}

// [task 3.14] Compile a library that was accepted before, however long that takes.
Status load_function_library(script::FunctionEngine& engine, std::string_view code, bool replace) {
  auto library = engine.compile(code, true);
  if (!library) return library.status();
  return engine.set.add(std::move(*library), replace);
}

}  // namespace strata::rdb
