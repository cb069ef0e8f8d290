#include "01_resp_server/server/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "01_resp_server/server/command_line.h"
#include "01_resp_server/server/config_file.h"
#include "01_resp_server/server/config_rewrite.h"
#include "01_resp_server/server/daemon.h"
#include "common/files.h"

namespace strata::resp {
namespace {

// A config with one option of each type.
struct ConfigTest : ::testing::Test {
  ConfigTest() {
    config.flag("flag", &flag, false, "");
    config.integer("number", &number, 5, 1, 100, "", {.alias = "old-number"});
    config.memory("memory", &memory, 1024, 0, Config::kNoMaximum, "");
    config.memory_or_percent("share", &share, 0, Config::kNoMaximum, "");
    config.octal("mode", &mode, 0, 0, 0777, "", {.immutable = true});
    config.text("text", &text, "", "", {.on_change = [this] {
                  ++changes;
                  return text == "bad" ? Status::error("refused") : Status();
                }});
    config.text("guarded", &guarded, "", "", {.protect = true});
    config.custom("list",
                  {.get = [this] { return joined(); },
                   .set =
                       [this](const Config::Words& words) {
                         list = words;
                         return Status();
                       },
                   .rewrite =
                       [this] {
                         std::vector<std::string> lines;
                         for (auto& each : list) lines.push_back("list " + each);
                         return lines;
                       }},
                  "", {.multi = true});
    config.directive("greet", [](const Config::Words& words) {
      return words.size() == 1 ? Status() : Status::error("greet whom?");
    });
  }
  std::string joined() const {
    std::string all;
    for (auto& each : list) all += (all.empty() ? "" : " ") + each;
    return all;
  }
  std::string get(const char* name) { return config.find(name)->get(); }
  std::string read(std::string_view lines) {
    const auto error = read_config_text(config, lines, "");
    return error ? std::to_string(error->line) + ": " + error->reason : "";
  }
  std::string change(std::vector<std::pair<std::string, std::string>> pairs, bool allow = false) {
    ChangeError error;
    return config.change(pairs, allow, &error) ? "" : error.argument + ": " + error.reason;
  }

  Config config;
  bool flag = true;
  int64_t number = 0, memory = 0, share = 0, mode = 0;
  std::string text, guarded;
  std::vector<std::string> list;
  int changes = 0;
};

TEST_F(ConfigTest, DefaultsAreStoredAtOnce) {
  EXPECT_FALSE(flag);
  EXPECT_EQ(number, 5);
  EXPECT_EQ(get("memory"), "1024");
}

TEST_F(ConfigTest, ValuesOfEveryType) {
  EXPECT_EQ(read("FLAG YES\nold-number 7\nmemory 2mb\nshare 10%\nmode 750\ntext \"a \\\"b\\\" \\x41\"\nlist a b\n"),
            "");
  EXPECT_TRUE(flag);
  EXPECT_EQ(number, 7);
  EXPECT_EQ(memory, 2 << 20);
  EXPECT_EQ(get("share"), "10%");
  EXPECT_EQ(mode, 0750);
  EXPECT_EQ(text, "a \"b\" A");
  EXPECT_EQ(joined(), "a b");
  EXPECT_EQ(changes, 0) << "nothing is told before the server runs";
}

TEST_F(ConfigTest, RefusedValuesChangeNothing) {
  EXPECT_EQ(read("number 101"), "1: argument must be between 1 and 100 inclusive");
  EXPECT_EQ(read("number 1x"), "1: argument couldn't be parsed into an integer");
  EXPECT_EQ(read("flag maybe"), "1: argument must be 'yes' or 'no'");
  EXPECT_EQ(read("memory 1tb"), "1: argument must be a memory value");
  EXPECT_EQ(read("share 101%"), "1: percentage argument must be less or equal to 100");
  EXPECT_EQ(read("mode 8"), "1: argument couldn't be parsed as an octal number");
  EXPECT_EQ(number, 5);
  EXPECT_FALSE(flag);
}

TEST_F(ConfigTest, ErrorsNameTheirLine) {
  EXPECT_EQ(read("\n# comment\n  \t\nnumber 1 2\n"), "4: wrong number of arguments");
  EXPECT_EQ(read("number 3\nnonsense x"), "2: Bad directive or wrong number of arguments");
  EXPECT_EQ(read("text \"open"), "1: Unbalanced quotes in configuration line");
  EXPECT_EQ(read("greet"), "1: greet whom?");
  EXPECT_EQ(number, 3) << "lines before the error took effect";
}

TEST_F(ConfigTest, LastLineWins) {
  EXPECT_EQ(read("number 3\r\nnumber 4\r\n"), "");
  EXPECT_EQ(number, 4);
}

TEST_F(ConfigTest, IncludesFilesAndPatternsInPlace) {
  auto folder = std::string("/tmp/strata-config-XXXXXX");
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/1.conf") << "number 11\n";
  std::ofstream(folder + "/2.conf") << "number 12\ntext x\n";
  std::ofstream(folder + "/loop") << "include " << folder << "/loop\n";
  EXPECT_EQ(read("number 1\ninclude " + folder + "/*.conf\nflag yes"), "");
  EXPECT_EQ(number, 12);
  EXPECT_TRUE(flag);
  EXPECT_EQ(read("include " + folder + "/none*.conf"), "");
  EXPECT_EQ(read("include " + folder + "/none"), "0: No such file or directory");
  EXPECT_EQ(read("include " + folder), "0: Is a directory");
  EXPECT_EQ(read("include " + folder + "/loop"), "0: include directives are nested too deeply");
  for (const char* name : {"/1.conf", "/2.conf", "/loop"}) unlink((folder + name).c_str());
  rmdir(folder.c_str());
}

TEST_F(ConfigTest, ChangeStoresAllOrNothing) {
  EXPECT_EQ(change({{"number", "9"}, {"text", "t"}}), "");
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(change({{"number", "10"}, {"flag", "maybe"}}), "flag: argument must be 'yes' or 'no'");
  EXPECT_EQ(number, 9);
  EXPECT_EQ(change({{"number", "10"}, {"list", "x y"}, {"text", "bad"}}), "text: refused");
  EXPECT_EQ(number, 9);
  EXPECT_EQ(text, "t");
  EXPECT_EQ(changes, 3) << "told of the new value, and again of the old one";
  EXPECT_EQ(change({{"text", "t"}}), "");
  EXPECT_EQ(changes, 3) << "the same value is no change";
}

TEST_F(ConfigTest, ChangeKnowsWhatMayBeSet) {
  EXPECT_EQ(change({{"number", "6"}, {"no-such", "x"}}), "no-such: ");
  EXPECT_EQ(change({{"mode", "700"}}), "mode: can't set immutable config");
  EXPECT_EQ(change({{"guarded", "x"}}), "guarded: can't set protected config");
  EXPECT_EQ(change({{"guarded", "x"}}, true), "");
  EXPECT_EQ(change({{"number", "6"}, {"Number", "7"}}), "Number: duplicate parameter");
  EXPECT_EQ(number, 5);
  EXPECT_EQ(change({{"number", "6"}, {"old-number", "7"}}), "");
  EXPECT_EQ(number, 7);
  EXPECT_EQ(change({{"greet", "x"}}), "greet: ") << "a directive is no option";
}

TEST_F(ConfigTest, RealOptionsReplaceInertOnes) {
  Config other;
  int64_t value = 0;
  other.inert("x", "1");
  EXPECT_TRUE(other.find("x")->inert());
  other.integer("x", &value, 1, 0, 9, "");
  other.inert("x", "1");
  EXPECT_FALSE(other.find("x")->inert());
}

TEST_F(ConfigTest, RewriteKeepsWhatPeopleWrote) {
  const std::string old =
      "# my server\nold-number 5\n\ngreet you\ntext \"a\"\nlist a\nlist b\nlist c\n\n\nwrong \"quote\nflag "
      "no\n";
  read("text hello\nlist p q\nmemory 3mb\n");
  EXPECT_EQ(rewritten(config, old),
            "# my server\nnumber 5\n\ngreet you\ntext \"hello\"\nlist p\nlist q\n\n# ??? wrong \"quote\nflag no\n"
            "# Generated by CONFIG REWRITE\nmemory 3mb\n");
}

TEST_F(ConfigTest, RewriteIsStable) {
  read("text \"\\x00 \\\"q\\\"\"\nlist p q\nshare 5%\nmode 640\n");
  const std::string once = rewritten(config, "");
  EXPECT_EQ(rewritten(config, once), once);
  text = "other";
  list.clear();
  EXPECT_EQ(read(once), "");
  EXPECT_EQ(text, std::string("\0 \"q\"", 5));
  EXPECT_EQ(get("mode"), "640");
}

// A directive of people and their pets: a pet belongs to somebody, who may stand behind it.
struct LateDirectiveTest : ConfigTest {
  LateDirectiveTest() {
    LateDirective directive;
    directive.round = [](const Config::Words& words) { return words[0] == "person" ? 0 : 1; };
    directive.read = [this](const Config::Words& words) {
      if (words[0] == "person") {
        people[words[1]];
        return Status();
      }
      if (!people.contains(words[1])) return Status::error("nobody");
      people[words[1]].push_back(words[2]);
      return Status();
    };
    directive.subject = [](const Config::Words& words) { return words[0] == "note" ? "" : words[0]; };
    directive.rewrite = [this] {
      std::vector<std::pair<std::string, RewriteLine>> lines;
      for (const auto& [person, pets] : people) {
        lines.emplace_back("person", RewriteLine{"home person " + person, true});
        for (const std::string& pet : pets) {
          lines.emplace_back("pet", RewriteLine{"home pet " + person + " " + pet, true});
        }
      }
      return lines;
    };
    late.add("home", directive);
  }
  std::string read_home(std::string_view lines) {
    const auto error = read_config_text(config, lines, "", &late);
    return error ? std::to_string(error->line) + ": " + error->reason : "";
  }
  LateDirectives late;
  std::map<std::string, std::vector<std::string>> people;
};

TEST_F(LateDirectiveTest, IsReadInRounds) {
  EXPECT_EQ(read_home("HOME pet ann cat\nnumber 7\nhome person ann\n"), "");
  EXPECT_EQ(people["ann"], std::vector<std::string>{"cat"});
  EXPECT_EQ(number, 7);
}

TEST_F(LateDirectiveTest, AnErrorNamesTheLine) {
  EXPECT_EQ(read_home("home person ann\n\nhome pet bob dog\nnumber 8\n"), "3: nobody");
  EXPECT_EQ(number, 8);  // everything else has been read by then
}

TEST_F(LateDirectiveTest, IsRewrittenByWhatItsLinesAreAbout) {
  people = {{"ann", {"cat"}}, {"bob", {}}};
  EXPECT_EQ(rewritten(config, "home pet zoe dog\nhome note mine\nhome person ann\nhome pet zoe ant\n", &late),
            "home pet ann cat\nhome note mine\nhome person ann\n\n# Generated by CONFIG REWRITE\nhome person bob\n");
  people.clear();
  EXPECT_EQ(rewritten(config, "# mine\nhome person ann\n", &late), "# mine\n\n");
}

std::string options_of(std::vector<std::string> words) {
  words.insert(words.begin(), "server");
  return parse_command_line(words).options;
}

TEST(CommandLine, OptionsBecomeLines) {
  EXPECT_EQ(options_of({"--port", "1", "--bind", "a", "b"}), "port \"1\" \nbind \"a\" \"b\" ");
  EXPECT_EQ(options_of({"--port 1", "--timeout", "2"}), "port 1 \ntimeout \"2\" ");
  EXPECT_EQ(options_of({"--requirepass", "--secret", "--port", "1"}), "requirepass \"--secret\" \nport \"1\" ");
  EXPECT_EQ(options_of({"--save", "--port", "1"}), "save \"\"\nport \"1\" ");
  EXPECT_EQ(options_of({"--sentinel", "--port", "1"}), "sentinel \nport \"1\" ");
}

TEST(CommandLine, FileAndStandardInput) {
  EXPECT_EQ(parse_command_line({"server", "x.conf", "--port", "1", "-"}).file, "x.conf");
  EXPECT_TRUE(parse_command_line({"server", "x.conf", "--port", "1", "-"}).from_stdin);
  EXPECT_TRUE(parse_command_line({"server", "-", "--port", "1"}).from_stdin);
  EXPECT_FALSE(parse_command_line({"server", "--logfile", "-"}).from_stdin);
  EXPECT_TRUE(parse_command_line({"server"}).without_arguments);
}

TEST(Title, TemplatesAreCheckedAndFilled) {
  EXPECT_TRUE(is_title_template("{title} {listen-addr} {server-mode}"));
  EXPECT_FALSE(is_title_template("{no-such}"));
  EXPECT_FALSE(is_title_template("{title"));
  EXPECT_FALSE(is_title_template(""));
  TitleParts parts{
      .title = "strata", .listen_addr = "*:1", .server_mode = "", .unixsocket = "", .config_file = "", .port = 1};
  EXPECT_EQ(fill_title("{title} {listen-addr} {server-mode}", parts), "strata *:1");
}

}  // namespace
}  // namespace strata::resp
