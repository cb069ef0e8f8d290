// format/: every primitive is written as redis-server 7.0.15 writes it, read back from any source, and not believed.
#include <gtest/gtest.h>

#include <string>

#include "03_rdb_snapshot/format/rdb_reader.h"
#include "03_rdb_snapshot/format/rdb_writer.h"
#include "common/crc64.h"

namespace strata::rdb {
namespace {

using namespace std::string_literals;

template <class Write>
std::string written(Write write, bool compress = true) {
  MemorySink sink;
  RdbWriter out(sink, {.compress = compress, .buffer = 16});  // so small that everything straddles its end
  write(out);
  EXPECT_TRUE(out.flush().ok());
  EXPECT_EQ(out.checksum(), crc64(0, sink.bytes()));
  return sink.bytes();
}
std::string length(uint64_t value) {
  return written([&](RdbWriter& out) { out.length(value); });
}
std::string string(std::string_view text, bool compress = true) {
  return written([&](RdbWriter& out) { out.string(text); }, compress);
}

// Gives its bytes in pieces of `piece`.
class Trickle final : public ByteSource {
 public:
  Trickle(std::string bytes, size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}
  Expected<size_t> read(std::span<char> room) override {
    const size_t n = std::min({piece_, room.size(), bytes_.size() - at_});
    bytes_.copy(room.data(), n, at_);
    at_ += n;
    return n;
  }

 private:
  std::string bytes_;
  size_t piece_;
  size_t at_ = 0;
};

TEST(RdbWriter, LengthsAreAsShortAsTheyCanBe) {
  EXPECT_EQ(length(5), "\x05");
  EXPECT_EQ(length(63), "\x3f");
  EXPECT_EQ(length(64), "\x40\x40");
  EXPECT_EQ(length(16383), "\x7f\xff");
  EXPECT_EQ(length(16384), "\x80\x00\x00\x40\x00"s);
  EXPECT_EQ(length(20000), "\x80\x00\x00\x4e\x20"s);
  EXPECT_EQ(length(UINT32_MAX), "\x80\xff\xff\xff\xff"s);
  EXPECT_EQ(length(1795315375550), "\x81\x00\x00\x01\xa2\x01\x22\x9d\xbe"s);
}

TEST(RdbWriter, NumbersOf32BitsAreNumbers) {
  EXPECT_EQ(string("-5"), "\xc0\xfb");
  EXPECT_EQ(string("1000"), "\xc1\xe8\x03");
  EXPECT_EQ(string("100000"), "\xc2\xa0\x86\x01\x00"s);
  EXPECT_EQ(string("-2147483648"), "\xc2\x00\x00\x00\x80"s);
  EXPECT_EQ(string("2147483648"),
            "\x0a"
            "2147483648");
  EXPECT_EQ(string("007"),
            "\x03"
            "007")
      << "not the number's own spelling";
  EXPECT_EQ(written([](RdbWriter& out) { out.number(12345678901); }),
            "\x0b"
            "12345678901");
  EXPECT_EQ(written([](RdbWriter& out) { out.number(-5); }), "\xc0\xfb");
}

TEST(RdbWriter, LongerStringsAreCompressedWhereItPays) {
  EXPECT_EQ(string(std::string(20, 'a')), "\x14" + std::string(20, 'a'));
  EXPECT_EQ(string(std::string(21, 'a')),
            "\xc3\x06\x15\x01"
            "aa\xe0\x0a\x00"s);
  EXPECT_EQ(string(std::string(100, 'a')),
            "\xc3\x09\x40\x64\x01"
            "aa\xe0\x57\x00\x01"
            "aa"s);
  EXPECT_EQ(string("abcdefghijklmnopqrstuvwxyz0123"),
            "\x1e"
            "abcdefghijklmnopqrstuvwxyz0123");
  EXPECT_EQ(string(std::string(21, 'a'), false), "\x15" + std::string(21, 'a'));
}

TEST(RdbReader, ReadsBackWhateverWasWrittenFromAnySource) {
  const std::vector<std::string> texts = {"",
                                          "a",
                                          "-5",
                                          "1000",
                                          "100000",
                                          "12345678901",
                                          std::string(70, 'x'),
                                          std::string(100000, 'y'),
                                          std::string(600000, 'z'),
                                          "007"};
  for (const bool compress : {true, false}) {
    const std::string bytes = written(
        [&](RdbWriter& out) {
          for (const auto& text : texts) out.string(text);
          out.real(-1.5);
          out.length(1ull << 40);
        },
        compress);
    for (const size_t piece : {size_t{1}, size_t{7}, size_t{1} << 20}) {
      Trickle source(bytes, piece);
      RdbReader in(source);
      for (const auto& text : texts) {
        std::string_view read;
        ASSERT_TRUE(in.string(&read)) << in.error();
        ASSERT_EQ(read, text);
      }
      double real = 0;
      uint64_t large = 0;
      ASSERT_TRUE(in.real(&real) && in.length(&large));
      EXPECT_EQ(real, -1.5);
      EXPECT_EQ(large, 1ull << 40);
      EXPECT_EQ(in.offset(), bytes.size());
      EXPECT_EQ(in.checksum(), crc64(0, bytes));
      EXPECT_TRUE(in.at_end());
      uint8_t more = 0;
      EXPECT_FALSE(in.byte(&more));
      EXPECT_TRUE(in.ended_early());
    }
  }
}

TEST(RdbReader, AcceptsLengthsThatCouldBeShorter) {
  RdbReader in("\x80\x00\x00\x00\x05"s);
  uint64_t value = 0;
  EXPECT_TRUE(in.length(&value));
  EXPECT_EQ(value, 5u);
}

// The error's offset and text; what comes after an error fails as well.
std::string error_of(std::string bytes) {
  RdbReader in(bytes);
  std::string_view text;
  EXPECT_FALSE(in.string(&text));
  uint8_t next = 0;
  EXPECT_FALSE(in.byte(&next)) << "an error sticks";
  return in.error();
}

TEST(RdbReader, RefusesWhatCannotBe) {
  EXPECT_NE(error_of("\x05"
                     "abc")
                .find("5 bytes announced, 3 left"),
            std::string::npos);
  EXPECT_NE(error_of("\x81\xff\xff\xff\xff\xff\xff\xff\xff"s).find("announced"), std::string::npos)
      << "before it allocates";
  EXPECT_EQ(error_of("\x82"s + "abc"), "0x82 does not begin a length");
  EXPECT_EQ(error_of("\xc4"s + "abc"), "unknown string encoding 4");
  EXPECT_EQ(error_of("\xc3\x03\x15"
                     "abc"s),
            "invalid LZF compressed string");
  EXPECT_NE(error_of("\xc3\x03\x81\x00\x00\x00\x7f\xff\xff\xff\xff"
                     "abc"s)
                .find("cannot be"),
            std::string::npos);
}

TEST(RdbReader, GivesUpWhenToldSo) {
  Trickle source(std::string(10, '\0'), 1);
  RdbReader in(source);
  in.on_progress([&] { return in.offset() < 5; });
  uint8_t byte = 0;
  for (int i = 0; i < 5; i++) EXPECT_TRUE(in.byte(&byte));
  EXPECT_FALSE(in.byte(&byte));
  EXPECT_TRUE(in.given_up());
}

}  // namespace
}  // namespace strata::rdb
