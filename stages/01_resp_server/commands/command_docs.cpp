// COMMAND DOCS's description of one command.
#include <vector>

#include "01_resp_server/commands/command_describe.h"
#include "01_resp_server/commands/syntax.h"
#include "common/assert.h"

namespace strata::resp {

namespace {

void field(Reply& reply, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  reply.bulk(name);
  reply.bulk(value);
}

void reply_arguments(Reply& reply, const std::vector<Argument>& arguments);

void reply_argument(Reply& reply, const Argument& argument) {
  const bool has_flags = argument.optional || argument.multiple || argument.multiple_token;
  // An empty token is a token too ("" of MIGRATE), but only where it is all there is.
  const bool has_token = argument.type == ArgumentType::kPureToken || !argument.token.empty();
  size_t fields = 2;
  fields += (argument.key_spec >= 0) + has_token + !argument.since.empty();
  fields += !argument.deprecated_since.empty() + has_flags + !argument.arguments.empty();
  reply.map(fields);
  field(reply, "name", argument.name);
  field(reply, "type", argument_type_name(argument.type));
  if (argument.key_spec >= 0) {
    reply.bulk("key_spec_index");
    reply.integer(argument.key_spec);
  }
  if (has_token) {
    reply.bulk("token");
    reply.bulk(argument.token);
  }
  field(reply, "since", argument.since);
  field(reply, "deprecated_since", argument.deprecated_since);
  if (has_flags) {
    reply.bulk("flags");
    reply.set(static_cast<size_t>(argument.optional + argument.multiple + argument.multiple_token));
    if (argument.optional) reply.simple("optional");
    if (argument.multiple) reply.simple("multiple");
    if (argument.multiple_token) reply.simple("multiple_token");
  }
  if (!argument.arguments.empty()) {
    reply.bulk("arguments");
    reply_arguments(reply, argument.arguments);
  }
}

void reply_arguments(Reply& reply, const std::vector<Argument>& arguments) {
  reply.array(arguments.size());
  for (const Argument& each : arguments) reply_argument(reply, each);
}

void reply_history(Reply& reply, const CommandDoc& doc) {
  reply.bulk("history");
  reply.set(doc.history.size());
  for (const auto& [version, change] : doc.history) {
    reply.array(2);
    reply.bulk(version);
    reply.bulk(change);
  }
}

}  // namespace

void reply_command_docs(Reply& reply, const CommandSpec& spec) {
  static const CommandDoc kNone{};
  const CommandDoc& doc = spec.doc != nullptr ? *spec.doc : kNone;
  const auto arguments = parse_syntax(doc.syntax);
  STRATA_ASSERT(arguments.has_value(), "the syntax of {} does not follow the grammar: {}", spec.full_name, doc.syntax);
  const bool deprecated = !doc.deprecated_since.empty();
  size_t fields = 0;
  for (std::string_view text :
       {doc.summary, doc.since, doc.group, doc.complexity, doc.deprecated_since, doc.replaced_by}) {
    fields += !text.empty();
  }
  fields += (deprecated || doc.syscmd) + !doc.history.empty() + !arguments->empty() + spec.is_container();
  reply.map(fields);
  field(reply, "summary", doc.summary);
  field(reply, "since", doc.since);
  field(reply, "group", doc.group);
  field(reply, "complexity", doc.complexity);
  if (deprecated || doc.syscmd) {
    reply.bulk("doc_flags");
    reply.set(static_cast<size_t>(deprecated + doc.syscmd));
    if (deprecated) reply.simple("deprecated");
    if (doc.syscmd) reply.simple("syscmd");
  }
  field(reply, "deprecated_since", doc.deprecated_since);
  field(reply, "replaced_by", doc.replaced_by);
  if (!doc.history.empty()) reply_history(reply, doc);
  if (!arguments->empty()) {
    reply.bulk("arguments");
    reply_arguments(reply, *arguments);
  }
  if (spec.is_container()) {
    reply.bulk("subcommands");
    reply.map(spec.subcommands.size());
    for (const CommandSpec& each : spec.subcommands) {
      reply.bulk(each.full_name);
      reply_command_docs(reply, each);
    }
  }
}

}  // namespace strata::resp
