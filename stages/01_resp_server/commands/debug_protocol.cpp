#include "01_resp_server/commands/debug_protocol.h"

#include "common/text.h"

namespace strata::resp {

namespace {

void three_integers(Reply& reply) {
  for (int i = 0; i < 3; i++) reply.integer(i);
}

void reply_map(Reply& reply) {
  reply.map(3);
  for (int i = 0; i < 3; i++) {
    reply.integer(i);
    reply.boolean(i == 1);
  }
}

// RESP2 has no attributes: there the reply goes without.
void reply_attribute(Reply& reply) {
  if (reply.resp3()) {
    reply.attribute(1);
    reply.bulk("key-popularity");
    reply.array(2);
    reply.bulk("key:123");
    reply.integer(90);
  }
  reply.bulk("Some real reply following the attribute");
}

void reply_push(Reply& reply) {
  if (!reply.resp3()) {
    reply.error("ERR RESP2 is not supported by this command");
    return;
  }
  reply.push(2);
  reply.bulk("server-cpu-usage");
  reply.integer(42);
  reply.bulk("Some real reply following the push reply");
}

struct Type {
  std::string_view name;
  void (*answer)(Reply&);
};
constexpr Type kTypes[] = {
    {"string", [](Reply& reply) { reply.bulk("Hello World"); }},
    {"integer", [](Reply& reply) { reply.integer(12345); }},
    {"double", [](Reply& reply) { reply.real(3.141); }},
    {"bignum", [](Reply& reply) { reply.big_number("1234567999999999999999999999999999999"); }},
    {"null", [](Reply& reply) { reply.null(); }},
    {"array",
     [](Reply& reply) {
       reply.array(3);
       three_integers(reply);
     }},
    {"set",
     [](Reply& reply) {
       reply.set(3);
       three_integers(reply);
     }},
    {"map", reply_map},
    {"attrib", reply_attribute},
    {"push", reply_push},
    {"verbatim", [](Reply& reply) { reply.verbatim("This is a verbatim\nstring"); }},
    {"true", [](Reply& reply) { reply.boolean(true); }},
    {"false", [](Reply& reply) { reply.boolean(false); }},
};

}  // namespace

void debug_protocol(Client& client, Args args) {
  for (const Type& type : kTypes) {
    if (!equals_nocase(args[2], type.name)) continue;
    type.answer(client.reply);
    return;
  }
  client.reply.error(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

}  // namespace strata::resp
