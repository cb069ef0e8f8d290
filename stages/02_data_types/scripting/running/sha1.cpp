#include "02_data_types/scripting/running/sha1.h"

#include <sha1.h>

#include "common/text.h"

namespace strata::script {

std::string sha1_hex(std::string_view text) {
  SHA1_CTX context;
  SHA1Init(&context);
  SHA1Update(&context, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  uint8_t digest[SHA1_DIGEST_LENGTH];
  SHA1Final(digest, &context);
  return hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

}  // namespace strata::script
