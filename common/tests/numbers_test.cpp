#include "common/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>

#include "common/random.h"

namespace strata {
namespace {

std::string print(int64_t value) {
  char buf[kInt64Chars];
  return std::string(buf, format_int64(buf, value));
}

TEST(ParseInt64, TakesTheCanonicalSpellingOnly) {
  int64_t value = 77;
  for (const char* bad :
       {"", "-", "+1", "01", "-01", "-0", " 1", "1 ", "1.0", "0x1", "1a", "a", "--1", "00", "/", ":"}) {
    EXPECT_FALSE(parse_int64(bad, &value)) << bad;
  }
  EXPECT_EQ(value, 77) << "a refused text must leave the result alone";
  EXPECT_TRUE(parse_int64("0", &value));
  EXPECT_EQ(value, 0);
  EXPECT_TRUE(parse_int64("-1", &value));
  EXPECT_EQ(value, -1);
}

TEST(ParseInt64, CoversTheWholeRangeAndNotOneMore) {
  int64_t value;
  ASSERT_TRUE(parse_int64("9223372036854775807", &value));
  EXPECT_EQ(value, INT64_MAX);
  ASSERT_TRUE(parse_int64("-9223372036854775808", &value));
  EXPECT_EQ(value, INT64_MIN);
  for (const char* bad : {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999",
                          "100000000000000000000", "-99999999999999999999"}) {
    EXPECT_FALSE(parse_int64(bad, &value)) << bad;
  }
  EXPECT_FALSE(parse_int64(std::string_view("1\0", 2), &value));
  EXPECT_TRUE(parse_int64(std::string_view("12345", 2), &value)) << "must not read past the view";
  EXPECT_EQ(value, 12);
}

TEST(ParseUint64, CoversTheWholeRange) {
  uint64_t value;
  ASSERT_TRUE(parse_uint64("18446744073709551615", &value));
  EXPECT_EQ(value, UINT64_MAX);
  ASSERT_TRUE(parse_uint64("10000000000000000000", &value));
  EXPECT_EQ(value, 10000000000000000000ULL);
  for (const char* bad :
       {"", "18446744073709551616", "18446744073709551620", "99999999999999999999", "-1", "-0", "00"}) {
    EXPECT_FALSE(parse_uint64(bad, &value)) << bad;
  }
}

TEST(FormatInt64, AgreesWithTheStandardLibraryAtEveryLength) {
  EXPECT_EQ(print(0), "0");
  EXPECT_EQ(print(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(print(INT64_MAX), "9223372036854775807");
  for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10) {
    for (int64_t value : {power - 1, power, power + 1, -power, power * 10 - 1}) {
      EXPECT_EQ(print(value), std::to_string(value));
    }
  }
}

TEST(FormatInt64, RoundTripsRandomNumbersOfAllSizes) {
  Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const int64_t value = static_cast<int64_t>(random.next()) >> random.below(64);
    int64_t back = ~value;
    ASSERT_TRUE(parse_int64(print(value), &back));
    ASSERT_EQ(back, value);
  }
}

TEST(Digits10, ChangesExactlyAtPowersOfTen) {
  EXPECT_EQ(digits10(0), 1);
  EXPECT_EQ(digits10(UINT64_MAX), 20);
  uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    EXPECT_EQ(digits10(power), digits);
    if (digits > 1) {
      EXPECT_EQ(digits10(power - 1), digits - 1);
    }
  }
}

TEST(ParseDouble, TakesWhatStrtodTakes) {
  const std::pair<const char*, double> cases[] = {
      {"1", 1},           {"1e3", 1000},
      {"+5", 5},          {"-0", -0.0},
      {"5.", 5},          {".5", .5},
      {"0x10", 16},       {"0x1p4", 16},
      {"inf", INFINITY},  {"-inf", -INFINITY},
      {"+inf", INFINITY}, {"Infinity", INFINITY},
      {"1e-310", 1e-310}, {"0e-999", 0},
      {"0.1", 0.1},       {"1.7976931348623157e308", std::numeric_limits<double>::max()}};
  for (auto [text, expected] : cases) {
    double value = -123;
    EXPECT_TRUE(parse_double(text, &value)) << text;
    EXPECT_EQ(value, expected) << text;
  }
}

TEST(ParseDouble, RefusesWhatIsNoNumber) {
  double value;
  for (const char* bad : {"", " ", " 1", "1 ", "\t1", "nan", "-nan", "1e400", "-1e400", "1e-400", ".", "-", "e5", "1e",
                          "1.2.3", "0x", "infx", "1,5"}) {
    EXPECT_FALSE(parse_double(bad, &value)) << bad;
  }
  EXPECT_FALSE(parse_double(std::string_view("1\0", 2), &value));
  EXPECT_FALSE(parse_double(std::string_view("\0", 1), &value));
}

TEST(ParseLongDouble, HasTheWiderRangeAndABoundOnLength) {
  long double value;
  EXPECT_TRUE(parse_long_double("1e4900", &value));
  EXPECT_TRUE(parse_long_double("inf", &value));
  EXPECT_TRUE(std::isinf(value));
  EXPECT_TRUE(parse_long_double("0x10", &value));
  EXPECT_EQ(value, 16.0L);
  for (const char* bad : {"", " 1", "1 ", "1e5000", "1e-5000", "nan", "abc"}) {
    EXPECT_FALSE(parse_long_double(bad, &value)) << bad;
  }
  EXPECT_TRUE(parse_long_double(std::string(5119, '0'), &value));
  EXPECT_FALSE(parse_long_double(std::string(5120, '0'), &value));
  EXPECT_FALSE(parse_long_double(std::string_view("1\0", 2), &value));
}

TEST(FormatDouble, PrintsSeventeenSignificantDigits) {
  EXPECT_EQ(format_double(0), "0");
  EXPECT_EQ(format_double(-0.0), "-0");
  EXPECT_EQ(format_double(3), "3");
  EXPECT_EQ(format_double(-12345678), "-12345678");
  EXPECT_EQ(format_double(0.1), "0.10000000000000001");
  EXPECT_EQ(format_double(1e16), "10000000000000000");
  EXPECT_EQ(format_double(1e17), "1e+17");
  EXPECT_EQ(format_double(1e-7), "9.9999999999999995e-08");
  EXPECT_EQ(format_double(INFINITY), "inf");
  EXPECT_EQ(format_double(-INFINITY), "-inf");
  EXPECT_EQ(format_double(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(format_double(std::numeric_limits<double>::denorm_min()), "4.9406564584124654e-324");
}

TEST(FormatDouble, AgreesWithPrintfOnRandomBits) {
  Random random(2);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t bits = random.next();
    double value;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    if (i % 4 == 0) value = static_cast<double>(static_cast<int64_t>(bits) >> random.below(64));
    if (std::isnan(value)) continue;
    char expected[64];
    std::snprintf(expected, sizeof expected, "%.17g", value);
    ASSERT_EQ(format_double(value), expected);
    double back;
    if (value == 0) continue;
    ASSERT_TRUE(parse_double(expected, &back));
    ASSERT_EQ(back, value);
  }
}

TEST(FormatLongDoubleHuman, HidesBinaryNoise) {
  EXPECT_EQ(format_long_double_human(4.1L), "4.1");
  EXPECT_EQ(format_long_double_human(3.0L + 1.1L), "4.1");
  EXPECT_EQ(format_long_double_human(0), "0");
  EXPECT_EQ(format_long_double_human(-0.0L), "0");
  EXPECT_EQ(format_long_double_human(100), "100");
  EXPECT_EQ(format_long_double_human(-1e-20L), "0");
  EXPECT_EQ(format_long_double_human(5e3L), "5000");
  EXPECT_EQ(format_long_double_human(INFINITY), "inf");
  EXPECT_EQ(format_long_double_human(-INFINITY), "-inf");
  EXPECT_EQ(format_long_double_human(1e4900L).size(), 4901u);
}

TEST(ParseMemory, KnowsBothKindsOfUnits) {
  const std::pair<const char*, uint64_t> cases[] = {{"0", 0},
                                                    {"1", 1},
                                                    {"1b", 1},
                                                    {"1k", 1000},
                                                    {"1KB", 1024},
                                                    {"2m", 2000000},
                                                    {"2Mb", 2 << 20},
                                                    {"3g", 3000000000},
                                                    {"3GB", 3ULL << 30},
                                                    {"18446744073709551615", UINT64_MAX},
                                                    {"", 0},
                                                    {"b", 0},
                                                    {"kb", 0},
                                                    {"18446744073709551616", UINT64_MAX},
                                                    {"99999999999999gb", 14131891009335853056ULL}};
  for (auto [text, expected] : cases) {
    uint64_t value = 99;
    EXPECT_TRUE(parse_memory(text, &value)) << text;
    EXPECT_EQ(value, expected) << text;
  }
  uint64_t value = 99;
  for (const char* bad : {"1x", "1 k", " 1", "-1", "+1", "1.5gb", "1tb", "0x10", "1kbb", "x"}) {
    EXPECT_FALSE(parse_memory(bad, &value)) << bad;
  }
  EXPECT_FALSE(parse_memory(std::string(128, '1'), &value));
  EXPECT_EQ(value, 99u);
}

}  // namespace
}  // namespace strata
