#include "01_resp_server/db/types.h"

#include "common/text.h"

namespace strata::db {

const TypeRow* TypeTable::by_name(std::string_view name) const {
  for (const TypeRow& row : rows_) {
    if (!row.name.empty() && equals_nocase(row.name, name)) return &row;
  }
  return nullptr;
}

}  // namespace strata::db
