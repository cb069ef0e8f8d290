// Errors as values. Status is success or one sentence that says what failed and why, ready for the log or for
// the client; Expected<T> is a value or such a Status. There are no error codes: whoever must tell cases
// apart returns an enum of its own.
//
//   Status load(const std::string& path) {
//     Expected<std::string> text = read_file(path);
//     if (!text) return text.status();
//     ...
//     return {};                                           // success
//     return Status::error("{}:{}: unknown option", path, line);
//   }
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/assert.h"

namespace strata {

// One pointer wide; success allocates nothing.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Status&&) = default;
  Status& operator=(Status&&) = default;
  Status(const Status& other) : error_(other.error_ ? std::make_unique<std::string>(*other.error_) : nullptr) {}
  Status& operator=(const Status& other) { return *this = Status(other); }

  static Status error(std::string message) {
    Status status;
    status.error_ = std::make_unique<std::string>(std::move(message));
    return status;
  }
  template <typename First, typename... Rest>
  static Status error(fmt::format_string<First, Rest...> format, First&& first, Rest&&... rest) {
    return error(fmt::format(format, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  // "<what>: <text of the error number>", e.g. "open /x/y: No such file or directory".
  static Status from_errno(std::string_view what, int error_number = errno);

  bool ok() const { return error_ == nullptr; }
  explicit operator bool() const { return ok(); }
  // Empty for success.
  const std::string& message() const;
  // The same error with "<context>: " in front; success stays success.
  Status with_context(std::string_view context) &&;

 private:
  std::unique_ptr<std::string> error_;
};

template <typename T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Expected(Status error) : content_(std::in_place_index<1>, std::move(error)) {
    STRATA_ASSERT(!std::get<1>(content_).ok(), "a success without a value");
  }

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only with ok().
  T& value() & { return *checked(); }
  const T& value() const& { return *const_cast<Expected*>(this)->checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return *checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*checked()); }
  T* operator->() { return checked(); }
  const T* operator->() const { return &value(); }

  // Success when there is a value.
  Status status() const { return ok() ? Status{} : std::get<1>(content_); }
  const std::string& message() const {
    static const std::string kNone;
    return ok() ? kNone : std::get<1>(content_).message();
  }

 private:
  T* checked() {
    STRATA_ASSERT(ok(), "value of a failed Expected: {}", message());
    return std::get_if<0>(&content_);
  }
  std::variant<T, Status> content_;
};

}  // namespace strata
