#include "common/status.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace strata {
namespace {

TEST(Status, SuccessIsTheDefault) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(status);
  EXPECT_EQ(status.message(), "");
  EXPECT_EQ(sizeof status, sizeof(void*));
}

TEST(Status, CarriesAMessage) {
  EXPECT_FALSE(Status::error("plain {} text").ok()) << "one argument is no format";
  EXPECT_EQ(Status::error("plain {} text").message(), "plain {} text");
  EXPECT_EQ(Status::error("line {}: {}", 3, "bad").message(), "line 3: bad");
  EXPECT_FALSE(Status::error("").ok()) << "an error without words is still an error";
}

TEST(Status, FromErrno) {
  EXPECT_EQ(Status::from_errno("open /x", ENOENT).message(), "open /x: No such file or directory");
  errno = EACCES;
  EXPECT_EQ(Status::from_errno("open /x").message(), "open /x: Permission denied");
}

TEST(Status, ContextIsAddedToErrorsOnly) {
  EXPECT_EQ(Status::error("inner").with_context("outer").message(), "outer: inner");
  EXPECT_TRUE(Status().with_context("outer").ok());
}

TEST(Status, CopiesAreIndependent) {
  Status first = Status::error("first");
  Status copy = first;
  first = Status();
  EXPECT_TRUE(first.ok());
  EXPECT_EQ(copy.message(), "first");
  const Status& alias = copy;
  copy = alias;
  EXPECT_EQ(copy.message(), "first");
}

Expected<int> half(int n) {
  if (n % 2 != 0) return Status::error("{} is odd", n);
  return n / 2;
}

TEST(Expected, ValueOrError) {
  EXPECT_TRUE(half(4));
  EXPECT_EQ(*half(4), 2);
  EXPECT_TRUE(half(4).status().ok());
  EXPECT_EQ(half(4).message(), "");
  EXPECT_FALSE(half(3));
  EXPECT_EQ(half(3).status().message(), "3 is odd");
}

TEST(Expected, HoldsMoveOnlyValuesAndStrings) {
  Expected<std::unique_ptr<int>> pointer(std::make_unique<int>(5));
  std::unique_ptr<int> taken = std::move(pointer).value();
  EXPECT_EQ(*taken, 5);
  Expected<std::string> text(std::string("abc"));
  EXPECT_EQ(text->size(), 3u);
}

TEST(ExpectedDeathTest, ValueOfAnErrorIsABug) { EXPECT_DEATH((void)half(3).value(), ""); }
TEST(ExpectedDeathTest, SuccessWithoutAValueIsABug) { EXPECT_DEATH((void)Expected<int>(Status()), ""); }

}  // namespace
}  // namespace strata
