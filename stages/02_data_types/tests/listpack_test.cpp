// Listpack against a std::vector of strings: random operations, encodings byte by byte, hostile bytes.
#include "02_data_types/encodings/listpack.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace strata::db {

namespace {

std::string text_of(const Listpack& pack, Listpack::Position at) {
  Element::Digits digits;
  return std::string(pack.get(at).as_text(digits));
}

std::vector<std::string> contents(const Listpack& pack) {
  std::vector<std::string> all;
  for (auto at = pack.first(); at != Listpack::kNone; at = pack.next(at)) all.push_back(text_of(pack, at));
  return all;
}

std::string bytes_of(const Listpack& pack) {
  auto bytes = pack.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The encoded form of a single element, in hex.
std::string encoded(std::string_view text) {
  Listpack pack = Listpack::create();
  pack.append(text);
  std::string hex;
  auto bytes = pack.bytes();
  for (uint8_t byte : bytes.subspan(6, bytes.size() - 7)) {
    char two[3];
    snprintf(two, sizeof two, "%02x", byte);
    hex += two;
  }
  pack.destroy();
  return hex;
}

std::string random_text(std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return std::to_string(static_cast<int64_t>(random()) >> (random() % 64));
    case 1:
      return std::string(random() % 200, 'x');
    case 2:
      return random() % 20 == 0 ? std::string(random() % 20000, 'y') : "";
    case 3:
      return "0" + std::to_string(random() % 100);
    default:
      return "field" + std::to_string(random() % 50);
  }
}

}  // namespace

TEST(Listpack, EncodesAsTheFormatSays) {
  EXPECT_EQ(encoded("a"), "816102");
  EXPECT_EQ(encoded("0"), "0001");
  EXPECT_EQ(encoded("127"), "7f01");
  EXPECT_EQ(encoded("128"), "c08002");
  EXPECT_EQ(encoded("-1"), "dfff02");
  EXPECT_EQ(encoded("-4096"), "d00002");
  EXPECT_EQ(encoded("4096"), "f1001003");
  EXPECT_EQ(encoded("-32768"), "f1008003");
  EXPECT_EQ(encoded("-8388608"), "f200008004");
  EXPECT_EQ(encoded("8388608"), "f30000800005");
  EXPECT_EQ(encoded("2147483648"), "f4000000800000000009");
  EXPECT_EQ(encoded("-9223372036854775808"), "f4000000000000008009");
  EXPECT_EQ(encoded("00"), "82303003");  // not canonical: a string
  EXPECT_EQ(encoded(""), "8001");
  EXPECT_EQ(encoded(std::string(130, 'z')).substr(260), "7a7a0184");
}

TEST(Listpack, TheLengthAtTheEndHasTheFormatsOddBoundaries) {
  for (size_t data : {127u, 128u, 16382u, 16383u, 2097150u, 2097151u}) {
    size_t length = data - (data - 1 < 64 ? 1 : data - 2 < 4096 ? 2 : 5);
    Listpack pack = Listpack::create();
    pack.append(std::string(length, 'q'));
    pack.append("end");
    EXPECT_EQ(pack.count(), 2u);
    EXPECT_EQ(pack.previous(pack.last()), pack.first()) << data;
    EXPECT_TRUE(Listpack::validate(pack.bytes(), true)) << data;
    pack.destroy();
  }
  EXPECT_EQ(encoded(std::string(16383 - 5, 'q')).substr(2 * 16383), "00ffff");
}

TEST(Listpack, RandomOperationsAgreeWithAVector) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; round++) {
    Listpack pack = Listpack::create();
    std::vector<std::string> model;
    for (int step = 0; step < 100; step++) {
      std::string text = random_text(random);
      size_t where = model.empty() ? 0 : random() % model.size();
      auto spot = model.begin() + static_cast<ptrdiff_t>(where);
      auto at = pack.at(static_cast<int64_t>(where));
      switch (random() % 7) {
        case 0:
          pack.append(text);
          model.push_back(text);
          break;
        case 1:
          pack.prepend(text);
          model.insert(model.begin(), text);
          break;
        case 2:
          if (model.empty()) break;
          EXPECT_EQ(text_of(pack, pack.insert_before(at, text)), text);
          model.insert(spot, text);
          break;
        case 3:
          if (model.empty()) break;
          EXPECT_EQ(text_of(pack, pack.insert_after(at, text)), text);
          model.insert(spot + 1, text);
          break;
        case 4:
          if (model.empty()) break;
          EXPECT_EQ(text_of(pack, pack.replace(at, text)), text);
          *spot = text;
          break;
        case 5: {
          if (model.empty()) break;
          size_t n = std::min<size_t>(random() % 4, model.size() - where);
          auto following = pack.erase(at, n);
          model.erase(spot, spot + static_cast<ptrdiff_t>(n));
          EXPECT_EQ(following == Listpack::kNone, where >= model.size());
          break;
        }
        default: {
          auto found = pack.first() == Listpack::kNone ? Listpack::kNone : pack.find(pack.first(), text);
          auto expected = std::find(model.begin(), model.end(), text);
          ASSERT_EQ(found != Listpack::kNone, expected != model.end()) << text;
          if (found != Listpack::kNone) {
            EXPECT_EQ(found, pack.at(expected - model.begin()));
          }
        }
      }
      ASSERT_EQ(pack.count(), model.size());
      ASSERT_TRUE(Listpack::validate(pack.bytes(), true));
    }
    ASSERT_EQ(contents(pack), model);
    pack.destroy();
  }
}

TEST(Listpack, FindsFieldsInPairs) {
  Listpack pack = Listpack::create();
  for (const char* text : {"a", "b", "b", "5", "5", "a"}) pack.append(text);
  EXPECT_EQ(pack.find(pack.first(), "b", 1), pack.at(2));
  EXPECT_EQ(pack.find(pack.first(), "5", 1), pack.at(4));
  EXPECT_EQ(pack.find(pack.first(), "05", 1), Listpack::kNone);
  pack.destroy();
}

TEST(Listpack, CountsBeyondWhatItsHeaderHolds) {
  Listpack pack = Listpack::create();
  for (int i = 0; i < 70000; i++) pack.append(static_cast<int64_t>(i));
  EXPECT_EQ(pack.count(), 70000u);
  EXPECT_EQ(text_of(pack, pack.at(-1)), "69999");
  pack.erase_range(0, 69000);
  EXPECT_EQ(pack.count(), 1000u);
  EXPECT_TRUE(Listpack::validate(pack.bytes(), true));
  pack.destroy();
}

TEST(Listpack, AppendsAnotherOne) {
  Listpack one = Listpack::create();
  Listpack two = Listpack::create();
  one.append("a");
  two.append("7");
  two.append(std::string(5000, 'b'));
  one.append_all(two);
  EXPECT_EQ(contents(one), (std::vector<std::string>{"a", "7", std::string(5000, 'b')}));
  EXPECT_TRUE(Listpack::validate(one.bytes(), true));
  one.destroy();
  two.destroy();
}

TEST(Listpack, RefusesBrokenBytes) {
  Listpack pack = Listpack::create();
  for (const char* text : {"alpha", "12", "-70000", "99999999999"}) pack.append(text);
  pack.append(std::string(100, 'x'));
  std::string good = bytes_of(pack);
  pack.destroy();
  auto valid = [](const std::string& bytes, bool deep) {
    // A copy of exactly this size, so that a sanitizer sees any look beyond it.
    std::vector<uint8_t> exact(bytes.begin(), bytes.end());
    return Listpack::validate(exact, deep);
  };
  EXPECT_TRUE(valid(good, true));
  for (size_t n = 0; n < good.size(); n++) {
    EXPECT_FALSE(valid(good.substr(0, n), false)) << "cut to " << n;
  }
  // Any single changed byte outside of string contents and numbers is noticed; inside of them it is another value.
  int unnoticed = 0;
  for (size_t i = 0; i < good.size(); i++) {
    for (int bit = 0; bit < 8; bit++) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      unnoticed += valid(bad, true);
    }
  }
  // 105 bytes of text, numbers of 7, 24 and 64 bits.
  EXPECT_EQ(unnoticed, 105 * 8 + 7 + 24 + 64);
  std::string wrong_count = good;
  wrong_count[4]++;
  EXPECT_TRUE(valid(wrong_count, false));
  EXPECT_FALSE(valid(wrong_count, true));
}

}  // namespace strata::db
