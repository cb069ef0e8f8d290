// Libraries of functions in a snapshot and in the payload of FUNCTION DUMP: their code, one behind the other, in front of
// all keys.
//
//   [FUNCTION2: 1][code: string] ...
//
// Code is compiled anew wherever it is read, so nothing of the interpreter is in a file.
#pragma once

#include <string_view>

#include "02_data_types/scripting/functions/function_engine.h"
#include "03_rdb_snapshot/format/rdb_reader.h"
#include "03_rdb_snapshot/format/rdb_writer.h"

namespace strata::rdb {

void save_functions(const script::LibrarySet& set, RdbWriter& out);

// Adds the library with this code. With `replace` one of the same name goes, otherwise it is in the way.
Status load_function_library(script::FunctionEngine& engine, std::string_view code, bool replace);

}  // namespace strata::rdb
