#include "01_resp_server/commands/auth.h"

#include "01_resp_server/commands/default_user.h"
#include "01_resp_server/server/late_directives.h"

namespace strata::resp {

namespace {

bool auth_gate(Client& client, const CommandSpec&, Args) {
  if (client.server.get<Authentication>().allows(client)) return true;
  client.reply.error("NOAUTH Authentication required.");
  return false;
}

}  // namespace

bool equal_in_constant_time(std::string_view attempt, std::string_view secret) {
  size_t difference = attempt.size() ^ secret.size();
  // Walks the attempt whatever the secret's length; an empty secret is replaced by a byte to compare with.
  std::string_view other = secret.empty() ? std::string_view("\0", 1) : secret;
  for (size_t i = 0, j = 0; i < attempt.size(); i++) {
    difference |= static_cast<unsigned char>(attempt[i]) ^ static_cast<unsigned char>(other[j]);
    j = j + 1 == other.size() ? 0 : j + 1;
  }
  return difference == 0;
}

Authentication::Authentication(Server& server) : server_(server) {
  declare_password();
  declare_user_line();
  gate_ = server.gates.add(
      "auth", GateRank::kAuth, [](const CommandSpec& spec) { return !spec.is(kNoAuth); }, auth_gate);
  server.clients.on_open([this](Client& client) { start_over(client); });
}

void Authentication::declare_password() {
  const auto changed = [this]() -> Status {
    demand(password_.empty() ? "" : sha256_hex(password_));
    return {};
  };
  OptionTraits traits;
  traits.sensitive = true;
  traits.on_change = changed;
  server_.config.text("requirepass", &password_, "", "password that clients must give with AUTH; empty: none",
                      std::move(traits));
  server_.on_start([this, changed] { return has_user_line_ ? Status() : changed(); });
}

// An old line must not outlive a password that was changed since, for it would win at the next start.
void Authentication::declare_user_line() {
  LateDirective line;
  line.round = [](const Config::Words&) { return 0; };
  line.read = [this](const Config::Words& words) { return take_user_line(words); };
  line.subject = [](const Config::Words& words) { return words.empty() ? std::string() : words[0]; };
  line.rewrite = [this] {
    const bool only_here = required() && password_.empty();
    return std::vector<std::pair<std::string, RewriteLine>>{{"default", {default_user_line(digest_), only_here}}};
  };
  LateDirectives::of(server_).add("user", std::move(line));
}

Status Authentication::take_user_line(const Config::Words& words) {
  Expected<std::string> digest = read_default_user(words);
  if (!digest) return digest.status();
  if (has_user_line_) return Status::error("Duplicate user found. A user can only be defined once in config files");
  has_user_line_ = true;
  demand(*std::move(digest));
  return {};
}

void Authentication::demand(std::string digest) {
  digest_ = std::move(digest);
  server_.clients.password_required = required();
}

bool Authentication::accepts(std::string_view user, std::string_view password) const {
  if (user != "default") return false;
  return !required() || equal_in_constant_time(sha256_hex(password), digest_);
}

bool Authentication::authenticate(Client& client, std::string_view user, std::string_view password) {
  if (!accepts(user, password)) return false;
  client.authenticated = true;
  client.user = user;
  client.armed &= ~gate_;
  return true;
}

void Authentication::start_over(Client& client) const {
  client.user = "default";
  client.authenticated = !required();
  if (client.authenticated) {
    client.armed &= ~gate_;
  } else {
    client.armed |= gate_;
  }
}

void auth_command(Client& client, Args args) {
  if (args.size() > 3) {
    client.reply.error("ERR syntax error");
    return;
  }
  auto& authentication = client.server.get<Authentication>();
  if (args.size() == 2 && !authentication.required()) {
    client.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. "
        "Are you sure your configuration is correct?");
    return;
  }
  std::string_view user = args.size() == 2 ? std::string_view("default") : args[1];
  if (authentication.authenticate(client, user, args.back())) {
    client.reply.ok();
  } else {
    client.reply.error(kWrongPassword);
  }
}

}  // namespace strata::resp
