#include "01_resp_server/db/table_sizes.h"

#include <gtest/gtest.h>

#include <numeric>

namespace strata::db {
namespace {

// The table of a key as Database finds it.
size_t table_of_rank(const TableSizes& sizes, const std::vector<uint64_t>& tables, uint64_t rank) {
  size_t table = sizes.group_of(&rank);
  for (; rank >= tables[table]; table++) rank -= tables[table];
  return table;
}

// Some tables have many keys, most have none; the last group and the last block are not full.
class TableSizesTest : public ::testing::Test {
 protected:
  TableSizesTest() {
    for (size_t table : {0u, 15u, 16u, 17u, 511u, 512u, 1030u, 1234u, 1500u}) put(table, table % 7 + 1);
  }
  void put(size_t table, uint64_t keys) {
    for (; keys > 0; keys--, tables_[table]++) sizes_.add(table);
  }
  void expect_all_found() const {
    uint64_t rank = 0;
    for (size_t table = 0; table < tables_.size(); table++) {
      for (uint64_t i = 0; i < tables_[table]; i++, rank++) EXPECT_EQ(table_of_rank(sizes_, tables_, rank), table);
    }
  }

  TableSizes sizes_{1501};
  std::vector<uint64_t> tables_ = std::vector<uint64_t>(1501);
};

TEST_F(TableSizesTest, EveryKeyIsFound) { expect_all_found(); }

TEST_F(TableSizesTest, KeysThatGoAreNotCounted) {
  for (size_t table : {0u, 512u, 1500u}) {
    for (; tables_[table] > 0; tables_[table]--) sizes_.remove(table);
  }
  expect_all_found();
}

TEST_F(TableSizesTest, AfterClearOnlyNewKeysCount) {
  sizes_.clear();
  tables_.assign(tables_.size(), 0);
  put(700, 3);
  expect_all_found();
}

}  // namespace
}  // namespace strata::db
