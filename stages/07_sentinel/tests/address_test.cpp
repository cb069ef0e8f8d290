// model/address.h: what is taken for an address, and what is the same place.
#include "07_sentinel/model/address.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

TEST(Address, NamesOnlyWhereTheyAreAllowed) {
  Address address;
  EXPECT_EQ(make_address("127.0.0.1", 1, false, true, &address), BadAddress::kNone);
  EXPECT_EQ(address.ip, "127.0.0.1");
  EXPECT_EQ(make_address("0:0:0::1", 1, false, true, &address), BadAddress::kNone);
  EXPECT_EQ(address.ip, "::1");
  EXPECT_EQ(address.host, "0:0:0::1");
  EXPECT_EQ(make_address("localhost", 1, false, true, &address), BadAddress::kHost);
  EXPECT_EQ(make_address("localhost", 1, true, true, &address), BadAddress::kNone);
  EXPECT_FALSE(address.ip.empty());
  EXPECT_EQ(make_address("", 1, false, true, &address), BadAddress::kHost);
  EXPECT_EQ(make_address("127.0.0.1", 65536, false, true, &address), BadAddress::kPort);
  EXPECT_EQ(make_address("127.0.0.1", -1, false, true, &address), BadAddress::kPort);
}

TEST(Address, OfANameThatNobodyKnowsIsLookedUpLater) {
  Address address;
  EXPECT_EQ(make_address("no-such-host.invalid", 1, true, false, &address), BadAddress::kHost);
  EXPECT_EQ(make_address("no-such-host.invalid", 1, true, true, &address), BadAddress::kNone);
  EXPECT_TRUE(address.ip.empty());
}

TEST(Address, SamePlace) {
  const Address one{"db1", "10.0.0.1", 6379};
  EXPECT_TRUE(same(one, {"other", "10.0.0.1", 6379}));
  EXPECT_TRUE(same(one, {"DB1", "10.0.0.9", 6379}));
  EXPECT_FALSE(same(one, {"db1", "10.0.0.1", 6380}));
  EXPECT_FALSE(same({"a", "", 1}, {"b", "", 1}));  // not known is not the same
  EXPECT_TRUE(is_at(one, "10.0.0.1", 6379, false));
  EXPECT_TRUE(is_at(one, "Db1", 6379, false));
  EXPECT_FALSE(is_at(one, "10.0.0.2", 6379, false));
}

TEST(Address, PortsStandApartFromColons) {
  EXPECT_EQ(host_and_port("10.0.0.1", 1), "10.0.0.1:1");
  EXPECT_EQ(host_and_port("::1", 1), "[::1]:1");
}

}  // namespace
}  // namespace strata::sentinel
