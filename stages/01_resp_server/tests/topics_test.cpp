#include "01_resp_server/pubsub/topics.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {
namespace {

class TopicsTest : public ::testing::Test {
 protected:
  std::vector<Client*> listeners(std::string_view name) {
    const Topic* topic = topics.find(name);
    if (topic == nullptr) return {};
    return {topic->subscribers.begin(), topic->subscribers.end()};
  }

  Server server;
  std::unique_ptr<Client> a = server.clients.make_internal();
  std::unique_ptr<Client> b = server.clients.make_internal();
  Topics topics;
  Subscriptions of_a;
  Subscriptions of_b;
};

TEST_F(TopicsTest, AJoinCountsOnceHoweverOftenItIsAskedFor) {
  EXPECT_TRUE(topics.join(*a, of_a, "news"));
  EXPECT_FALSE(topics.join(*a, of_a, "news"));
  EXPECT_EQ(of_a.size(), 1u);
  EXPECT_EQ(listeners("news"), std::vector<Client*>{a.get()});
}

TEST_F(TopicsTest, ListenersAreInTheOrderOfSubscription) {
  topics.join(*b, of_b, "news");
  topics.join(*a, of_a, "news");
  EXPECT_EQ(listeners("news"), (std::vector<Client*>{b.get(), a.get()}));
}

TEST_F(TopicsTest, ATopicLivesWhileSomebodyListens) {
  topics.join(*a, of_a, "news");
  topics.join(*b, of_b, "news");
  EXPECT_TRUE(topics.leave(of_a, "news"));
  EXPECT_EQ(listeners("news"), std::vector<Client*>{b.get()});
  EXPECT_TRUE(topics.leave(of_b, "news"));
  EXPECT_EQ(topics.find("news"), nullptr);
  EXPECT_EQ(topics.size(), 0u);
}

TEST_F(TopicsTest, LeavingWhatWasNotJoinedChangesNothing) {
  topics.join(*a, of_a, "news");
  EXPECT_FALSE(topics.leave(of_b, "news"));
  EXPECT_FALSE(topics.leave(of_a, "jobs"));
  EXPECT_EQ(listeners("news").size(), 1u);
}

TEST_F(TopicsTest, TheOldestSubscriptionComesFirst) {
  for (std::string_view name : {"one", "two", "three"}) topics.join(*a, of_a, name);
  std::vector<std::string> order;
  while (of_a.size() > 0) {
    order.push_back(of_a.oldest());
    topics.leave(of_a, order.back());
  }
  EXPECT_EQ(order, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(TopicsTest, NamesAreBytes) {
  using namespace std::string_view_literals;
  topics.join(*a, of_a, ""sv);
  topics.join(*a, of_a, "a\0b"sv);
  EXPECT_NE(topics.find(""sv), nullptr);
  EXPECT_NE(topics.find("a\0b"sv), nullptr);
  EXPECT_EQ(topics.find("a"sv), nullptr);
}

TEST_F(TopicsTest, ManyTopicsOfOneClientComeAndGo) {
  constexpr int kMany = 100000;
  for (int i = 0; i < kMany; i++) ASSERT_TRUE(topics.join(*a, of_a, "channel:" + std::to_string(i)));
  EXPECT_EQ(topics.size(), static_cast<size_t>(kMany));
  // The last first: leaving must not depend on the place in any list.
  for (int i = kMany - 1; i >= 0; i--) ASSERT_TRUE(topics.leave(of_a, "channel:" + std::to_string(i)));
  EXPECT_EQ(topics.size(), 0u);
  EXPECT_EQ(of_a.size(), 0u);
}

}  // namespace
}  // namespace strata::resp
