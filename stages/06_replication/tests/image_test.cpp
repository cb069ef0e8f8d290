// replica/image_head.h, image_file.h: an image ends where its head says, however it is cut into pieces on its way.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "06_replication/replica/image_file.h"
#include "common/files.h"

namespace strata::repl {
namespace {

const std::string kMark = "0123456789abcdef0123456789abcdef01234567";

TEST(ImageHead, TellsALengthOrAMark) {
  EXPECT_EQ(ImageHead::parse("$1234")->bytes, 1234u);
  EXPECT_FALSE(ImageHead::parse("$1234")->marked());
  EXPECT_EQ(ImageHead::parse("$EOF:" + kMark)->mark, kMark);
  for (const std::string_view wrong : {"", "$", "$-1", "$12x", "1234", "$EOF:", "$EOF:0123456789abcdef"}) {
    EXPECT_FALSE(ImageHead::parse(wrong)) << wrong;
  }
}

class ImageFileTest : public testing::Test {
 protected:
  // What is in the file after `stream` has come in pieces of that size, and what was left of the stream.
  std::pair<std::string, std::string> receive(const ImageHead& head, const std::string& stream, size_t piece) {
    ImageFile file;
    EXPECT_TRUE(file.begin(head).ok());
    for (size_t at = 0; at < stream.size(); at += piece) {
      std::string_view bytes = std::string_view(stream).substr(at, piece);
      EXPECT_TRUE(file.take(&bytes).ok());
      if (!file.whole()) continue;
      const Expected<std::string> name = file.finish();
      EXPECT_TRUE(name);
      std::string text = *read_file(*name);
      ::unlink(name->c_str());
      return {text, stream.substr(at + std::min(piece, stream.size() - at) - bytes.size())};
    }
    return {"it never ended", ""};
  }
};

TEST_F(ImageFileTest, EndsAtItsLength) {
  const ImageHead head{.mark = "", .bytes = 10};
  for (size_t piece = 1; piece < 16; piece++) {
    EXPECT_EQ(receive(head, "ten bytes.and the stream", piece).first, "ten bytes.") << piece;
  }
  EXPECT_EQ(receive(head, "ten bytes.and the stream", 100).second, "and the stream");
}

TEST_F(ImageFileTest, EndsAtItsMark) {
  const ImageHead head{.mark = kMark, .bytes = 0};
  // Something that looks like the mark is none.
  const std::string image = "image" + kMark.substr(0, 39) + "x" + kMark.substr(1) + "end";
  for (size_t piece = 1; piece < 200; piece += 13) EXPECT_EQ(receive(head, image + kMark, piece).first, image) << piece;
}

TEST_F(ImageFileTest, LeavesNothingWhenItIsGivenUp) {
  ImageFile file;
  ASSERT_TRUE(file.begin({.mark = "", .bytes = 100}).ok());
  std::string_view bytes = "a part";
  ASSERT_TRUE(file.take(&bytes).ok());
  EXPECT_FALSE(file.whole());
  file.drop();
  EXPECT_TRUE(file.begin({.mark = "", .bytes = 1}).ok()) << "it can be begun anew";
}

}  // namespace
}  // namespace strata::repl
