// The manifest: what is read back is what was written, and what cannot be right is refused with Redis's words.
#include "04_aof/files/manifest.h"

#include <gtest/gtest.h>

namespace strata::aof {
namespace {

constexpr std::string_view kText =
    "file a.2.base.rdb seq 2 type b\n"
    "file a.1.incr.aof seq 1 type h\n"
    "file a.1.base.rdb seq 1 type h\n"
    "file a.2.incr.aof seq 2 type i\n"
    "file a.3.incr.aof seq 3 type i\n";

std::string refusal(std::string_view text) { return Manifest::parse(text).message(); }

TEST(Manifest, IsReadAndWrittenBack) {
  const Expected<Manifest> manifest = Manifest::parse(kText);
  ASSERT_TRUE(manifest.ok()) << manifest.message();
  EXPECT_EQ(manifest->base, (LogFileName{"a.2.base.rdb", 2}));
  ASSERT_EQ(manifest->history.size(), 2u);
  EXPECT_EQ(manifest->history[1].file, "a.1.base.rdb");
  ASSERT_EQ(manifest->increments.size(), 2u);
  EXPECT_EQ(manifest->increments[1], (LogFileName{"a.3.incr.aof", 3}));
  EXPECT_EQ(manifest->base_seq, 2u);
  EXPECT_EQ(manifest->increment_seq, 3u);
  EXPECT_EQ(manifest->text(), kText);
}

TEST(Manifest, OrderOfTheFileDoesNotMatterToTheWriter) {
  const auto manifest = Manifest::parse("file i seq 5 type i\n#note\nfile h seq 1 type h\nfile b seq 4 type b\n");
  ASSERT_TRUE(manifest.ok()) << manifest.message();
  EXPECT_EQ(manifest->text(), "file b seq 4 type b\nfile h seq 1 type h\nfile i seq 5 type i\n");
}

TEST(Manifest, KeysInAnyCaseAndOrderAndUnknownOnes) {
  const auto manifest = Manifest::parse("  Type base  SEQ 3 x-later \"yes no\" FILE b \r\n");
  ASSERT_TRUE(manifest.ok()) << manifest.message();
  EXPECT_EQ(manifest->base, (LogFileName{"b", 3}));
}

TEST(Manifest, MayLackABaseOrEverything) {
  EXPECT_TRUE(Manifest::parse("file i seq 1 type i\n").ok());
  const auto nothing = Manifest::parse("# nothing yet\n");
  ASSERT_TRUE(nothing.ok());
  EXPECT_TRUE(nothing->empty());
  EXPECT_EQ(nothing->text(), "");
}

TEST(Manifest, NamesAreQuotedWhenTheyMustBe) {
  for (const std::string& name : std::vector<std::string>{"a b", "a\"b", "a'b", "a\nb", "a\x01\xff"}) {
    Manifest manifest;
    manifest.base = LogFileName{name, 1};
    manifest.base_seq = 1;
    const std::string text = manifest.text();
    EXPECT_TRUE(text.starts_with("file \"a")) << text;
    const auto again = Manifest::parse(text);
    ASSERT_TRUE(again.ok()) << again.message();
    EXPECT_EQ(*again, manifest);
  }
  EXPECT_EQ(Manifest::parse("file 'a b' seq 1 type b\n")->base->file, "a b");
}

TEST(Manifest, RefusesWhatCannotBeRight) {
  EXPECT_EQ(refusal(""), "Found an empty AOF manifest");
  for (const std::string_view line :
       {"", " ", "file b", "file b seq 1", "file b seq 1 type", "file b seq 1 type b x", "seq 1 type b x y",
        "file b type b x y", "file b seq 1 x y", "file b seq 0 type b", "file b seq x type b",
        "file b seq 9223372036854775807 type b", "file \"b seq 1 type b", "file \"\" seq 1 type b"}) {
    EXPECT_EQ(refusal("#\n" + std::string(line) + "\n"),
              "Invalid AOF manifest file format, at line 2: '" + std::string(line) + "'");
  }
  const std::string twice = "file b seq 1 type b\nfile c seq 2 type b\n";
  EXPECT_EQ(refusal(twice), "Found duplicate base file information, at line 2: 'file c seq 2 type b'");
  for (const char* seq : {"1", "2"}) {
    const std::string line = std::string("file j seq ") + seq + " type i";
    EXPECT_EQ(refusal("file i seq 2 type i\n" + line + "\n"),
              "Found a non-monotonic sequence number, at line 2: '" + line + "'");
  }
  EXPECT_TRUE(refusal("file b seq 1 type x\n").starts_with("Unknown AOF file type"));
  for (const char* path : {"/etc/b", "../b", "a/b", "a\\b"}) {
    const std::string line = std::string("file ") + path + " seq 1 type b\n";
    EXPECT_TRUE(refusal(line).starts_with("File can't be a path, just a filename"));
  }
}

TEST(Manifest, LinesEndAndAreNotTooLong) {
  constexpr const char* kTooLong = "The AOF manifest file contains too long line";
  EXPECT_EQ(refusal(kText.substr(0, kText.size() - 1)), kTooLong);
  const std::string comment = "#" + std::string(1022, 'x');
  EXPECT_TRUE(Manifest::parse(comment + "\n").ok());
  EXPECT_EQ(refusal(comment + "x\n"), kTooLong);
}

TEST(Manifest, NextNamesGoOnBehindTheHighestNumber) {
  Manifest manifest;
  EXPECT_EQ(manifest.next_base("a", "rdb"), (LogFileName{"a.1.base.rdb", 1}));
  EXPECT_EQ(manifest.next_increment("a"), (LogFileName{"a.1.incr.aof", 1}));
  manifest = *Manifest::parse("file b seq 7 type b\nfile h seq 90 type h\nfile i seq 4 type i\nfile j seq 12 type i\n");
  EXPECT_EQ(manifest.next_base("x y", "aof"), (LogFileName{"x y.8.base.aof", 8}));
  EXPECT_EQ(manifest.next_increment("x y"), (LogFileName{"x y.13.incr.aof", 13}));
}

TEST(Manifest, ANewBaseTurnsWhatItStandsForIntoHistory) {
  Manifest manifest = *Manifest::parse(
      "file b1 seq 1 type b\nfile h seq 9 type h\nfile i1 seq 1 type i\nfile i2 seq 2 type i\nfile i3 seq 3 type i\n");
  manifest.replace_base({"b2", 2}, 1);
  EXPECT_EQ(manifest.text(),
            "file b2 seq 2 type b\nfile i1 seq 1 type h\nfile i2 seq 2 type h\nfile b1 seq 1 type h\n"
            "file h seq 9 type h\nfile i3 seq 3 type i\n");
  EXPECT_EQ(manifest.base_seq, 2u);
  EXPECT_EQ(manifest.increment_seq, 3u);
}

TEST(Manifest, ANewBaseMayStandForAllOrBeTheFirst) {
  Manifest manifest = *Manifest::parse("file i1 seq 1 type i\n");
  manifest.replace_base({"b1", 1}, 0);
  EXPECT_EQ(manifest.text(), "file b1 seq 1 type b\nfile i1 seq 1 type h\n");
  Manifest fresh;
  fresh.replace_base({"b1", 1}, 1);
  EXPECT_EQ(fresh.text(), "file b1 seq 1 type b\n");
}

}  // namespace
}  // namespace strata::aof
