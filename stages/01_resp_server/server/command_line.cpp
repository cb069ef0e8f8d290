#include "01_resp_server/server/command_line.h"

#include <fmt/format.h>

#include <cstdio>
#include <cxxopts.hpp>
#include <memory>

#include "01_resp_server/server/self_checks.h"
#include "01_resp_server/server/version.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {
namespace {

cxxopts::Options first_words(const std::string& program) {
  cxxopts::Options options(program,
                           "A Redis-compatible server. Any option of redis.conf can be given as --option value.\n");
  options.custom_help("[/path/to/redis.conf] [--option value ...] [-]");
  options.add_options()                                                                                  //
      ("h,help", "print this text")                                                                      //
      ("v,version", "print the version")                                                                 //
      ("test-memory", "test this many megabytes of memory", cxxopts::value<std::string>(), "MEGABYTES")  //
      ("check-system", "look for settings of this system that would hurt");
  return options;
}

constexpr const char* kExamples =
    "\n"
    "Examples:\n"
    "  {0}                                        default configuration, port 6379\n"
    "  {0} /etc/strata.conf                       a configuration file\n"
    "  {0} /etc/strata.conf --loglevel verbose    the same, one option overridden\n"
    "  {0} --port 7777 --save ''                  options only\n"
    "  echo 'maxmemory 128mb' | {0} -             configuration from standard input\n";

// Answers the words that are no options of the server.
std::optional<int> answer_first_word(const std::vector<std::string>& arguments) {
  const std::string& word = arguments[1];
  if (word == "-v" || word == "--version") {
    std::puts(version_line().c_str());
    return 0;
  }
  if (word == "-h" || word == "--help") {
    std::fputs(first_words(arguments[0]).help().c_str(), stderr);
    std::fputs(fmt::format(kExamples, arguments[0]).c_str(), stderr);
    return 1;  // as redis-server
  }
  if (word == "--check-system") return check_system();
  if (word == "--test-memory") {
    int64_t megabytes = 0;
    if (arguments.size() != 3 || !parse_int64(arguments[2], &megabytes) || megabytes < 1) {
      std::fputs(fmt::format("Please specify the amount of memory to test in megabytes.\n"
                             "Example: {} --test-memory 4096\n\n",
                             arguments[0])
                     .c_str(),
                 stderr);
      return 1;
    }
    return test_memory(static_cast<size_t>(megabytes));
  }
  return std::nullopt;
}

// Whether cxxopts knows the word: the help text and what is answered cannot drift apart.
// [task 1.5] Tell the words that are answered at once from options of the server.
bool is_first_word(const std::vector<std::string>& arguments) {
  try {
    const char* argv[] = {arguments[0].c_str(), arguments[1].c_str(), "1"};
    const int argc = arguments[1] == "--test-memory" ? 3 : 2;
    auto options = first_words(arguments[0]);
    return !options.parse(argc, argv).arguments().empty();
  } catch (const std::exception&) {
    return false;  // an option of the server
  }
}

bool is_option(const std::string& text) { return text.size() > 2 && text.starts_with("--"); }

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  line.without_arguments = arguments.size() < 2;
  if (line.without_arguments) return line;
  if (is_first_word(arguments)) {
    line.exit_code = answer_first_word(arguments);
    if (line.exit_code) return line;
  }
  size_t at = 1;
  if (arguments[1].empty() || arguments[1][0] != '-') line.file = arguments[at++];

  // A word behind an option is its value even when it looks like an option (--requirepass --secret).
  bool expects_value = false;
  for (; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    const bool last = at + 1 == arguments.size();
    if (word == "-" && !expects_value && (last || at == 1)) {
      line.from_stdin = true;
    } else if (!expects_value && word.starts_with("--")) {
      if (!line.options.empty()) line.options += '\n';
      line.options += word.substr(2) + ' ';
      const auto words = split_args(word);
      expects_value = words && words->size() == 1;  // "--port 7777" in one word needs no other
      const bool bare = last || is_option(arguments[at + 1]);
      if (expects_value && bare && equals_nocase(word, "--save")) {
        line.options += "\"\"";  // no save points
        expects_value = false;
      } else if (expects_value && bare && equals_nocase(word, "--sentinel")) {
        expects_value = false;
      }
    } else {
      append_quoted(line.options, word);
      line.options += ' ';
      expects_value = false;
    }
  }
  return line;
}

std::string version_line() {
#if STRATA_JEMALLOC
  constexpr const char* kMalloc = "jemalloc";
#else
  constexpr const char* kMalloc = "libc";
#endif
  return fmt::format("Strata server v={} sha=00000000:0 malloc={} bits={} build=strata-{}", kRedisVersion, kMalloc,
                     sizeof(void*) * 8, kStrataVersion);
}

}  // namespace strata::resp
