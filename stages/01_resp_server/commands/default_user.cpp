#include "01_resp_server/commands/default_user.h"

#include <fmt/format.h>
#include <sha2.h>

#include <algorithm>
#include <array>

#include "common/text.h"

namespace strata::resp {

namespace {

constexpr size_t kDigestDigits = 2 * SHA256_DIGEST_LENGTH;

// What must be granted; each has two names.
constexpr std::array<std::array<std::string_view, 2>, 4> kGranted{
    {{"on", "on"}, {"~*", "allkeys"}, {"&*", "allchannels"}, {"+@all", "allcommands"}}};
constexpr std::array<std::string_view, 2> kWithoutMeaning{"sanitize-payload", "skip-sanitize-payload"};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view word) {
  return std::any_of(names.begin(), names.end(), [word](std::string_view name) { return equals_nocase(name, word); });
}

bool is_digest(std::string_view text) {
  return text.size() == kDigestDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256Final(digest, &context);
  return hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

Expected<std::string> read_default_user(const Config::Words& words) {
  if (words.empty()) return Status::error("Bad directive or wrong number of arguments");
  const Status unsupported = Status::error(
      "Users and their permissions are not supported, but for what the default user has anyway: "
      "user default on nopass|#<sha-256 of the password> ~* &* +@all. Use requirepass");
  if (words[0] != "default") return unsupported;
  std::array<bool, kGranted.size()> granted{};
  std::vector<std::string> credentials;
  for (size_t i = 1; i < words.size(); i++) {
    const std::string& word = words[i];
    const auto grant =
        std::find_if(kGranted.begin(), kGranted.end(), [&](const auto& e) { return is_one_of(e, word); });
    if (grant != kGranted.end()) {
      granted[static_cast<size_t>(grant - kGranted.begin())] = true;
    } else if (word[0] == '#' && !is_digest(std::string_view(word).substr(1))) {
      return Status::error(
          "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters");
    } else if (word[0] == '#' || equals_nocase(word, "nopass")) {
      credentials.push_back(word[0] == '#' ? word.substr(1) : "");
    } else if (!is_one_of(kWithoutMeaning, word)) {
      return unsupported;
    }
  }
  const bool everything = std::find(granted.begin(), granted.end(), false) == granted.end();
  if (!everything || credentials.size() != 1) return unsupported;
  return credentials[0];
}

std::string default_user_line(std::string_view digest) {
  return fmt::format("user default on {}{} ~* &* +@all", digest.empty() ? "nopass" : "#", digest);
}

}  // namespace strata::resp
