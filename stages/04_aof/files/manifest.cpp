#include "04_aof/files/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/numbers.h"
#include "common/text.h"

namespace strata::aof {

namespace {

constexpr size_t kLongestLine = 1023;  // without its end
constexpr std::string_view kInvalid = "Invalid AOF manifest file format";

struct Line {
  LogFileName name;
  char type = 0;
};

// [task 4.5] Read one line of the manifest.
Expected<Line> parse_line(std::string_view text) {
  const auto words = split_args(text);
  if (!words || words->size() < 6 || words->size() % 2 != 0) return Status::error(std::string(kInvalid));
  Line line;
  for (size_t i = 0; i < words->size(); i += 2) {
    const std::string& key = (*words)[i];
    const std::string& value = (*words)[i + 1];
    if (equals_nocase(key, "file")) {
      if (value.find_first_of("/\\") != std::string::npos)
        return Status::error("File can't be a path, just a filename");
      line.name.file = value;
    } else if (equals_nocase(key, "seq")) {
      // The next number must be one, too.
      if (!parse_uint64(value, &line.name.seq) || line.name.seq >= INT64_MAX)
        return Status::error(std::string(kInvalid));
    } else if (equals_nocase(key, "type")) {
      line.type = value.empty() ? '\0' : value[0];
    }
  }
  if (line.name.file.empty() || line.name.seq == 0 || line.type == 0) return Status::error(std::string(kInvalid));
  return line;
}

bool needs_quotes(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte >= 0x7f || c == '"' || c == '\'' || c == '\\';
  });
}

void append_line(std::string& out, const LogFileName& name, char type) {
  out +=
      fmt::format("file {} seq {} type {}\n", needs_quotes(name.file) ? quote(name.file) : name.file, name.seq, type);
}

}  // namespace

// [task 4.5] Read the manifest, and refuse one that cannot be right.
Expected<Manifest> Manifest::parse(std::string_view text) {
  if (text.empty()) return Status::error("Found an empty AOF manifest");
  Manifest manifest;
  for (int number = 1; !text.empty(); number++) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos || end > kLongestLine) {
      return Status::error("The AOF manifest file contains too long line");
    }
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (content.starts_with('#')) continue;
    if (Status added = manifest.add_line(trim(content, " \t\r\n")); !added.ok()) {
      return Status::error("{}, at line {}: '{}'", added.message(), number, content);
    }
  }
  return manifest;
}

Status Manifest::add_line(std::string_view text) {
  Expected<Line> line = parse_line(text);
  if (!line) return line.status();
  switch (line->type) {
    case 'b':
      if (base) return Status::error("Found duplicate base file information");
      base = line->name;
      base_seq = line->name.seq;
      return {};
    case 'h':
      history.push_back(line->name);
      return {};
    case 'i':
      if (line->name.seq <= increment_seq) return Status::error("Found a non-monotonic sequence number");
      increments.push_back(line->name);
      increment_seq = line->name.seq;
      return {};
    default:
      return Status::error("Unknown AOF file type");
  }
}

std::string Manifest::text() const {
  std::string out;
  if (base) append_line(out, *base, 'b');
  for (const LogFileName& name : history) append_line(out, name, 'h');
  for (const LogFileName& name : increments) append_line(out, name, 'i');
  return out;
}

LogFileName Manifest::next_base(std::string_view prefix, std::string_view suffix) const {
  return {fmt::format("{}.{}.base.{}", prefix, base_seq + 1, suffix), base_seq + 1};
}

LogFileName Manifest::next_increment(std::string_view prefix) const {
  return {fmt::format("{}.{}.incr.aof", prefix, increment_seq + 1), increment_seq + 1};
}

// [task 4.10] Let a new base take the place of all that it stands for.
void Manifest::replace_base(LogFileName new_base, size_t kept) {
  const auto gone = static_cast<std::ptrdiff_t>(increments.size() - std::min(kept, increments.size()));
  std::vector<LogFileName> generation(increments.begin(), increments.begin() + gone);
  increments.erase(increments.begin(), increments.begin() + gone);
  if (base) generation.push_back(*base);
  history.insert(history.begin(), generation.begin(), generation.end());
  base_seq = new_base.seq;
  base = std::move(new_base);
}

}  // namespace strata::aof
