#include "common/status.h"

#include <system_error>

namespace strata {

Status Status::from_errno(std::string_view what, int error_number) {
  // std::system_category gives strerror's text without strerror's shared buffer.
  return error(fmt::format("{}: {}", what, std::system_category().message(error_number)));
}

const std::string& Status::message() const {
  static const std::string kNone;
  return error_ ? *error_ : kNone;
}

Status Status::with_context(std::string_view context) && {
  if (error_) *error_ = fmt::format("{}: {}", context, *error_);
  return std::move(*this);
}

}  // namespace strata
