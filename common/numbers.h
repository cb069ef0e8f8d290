// Numbers and their text, in the exact dialects the Redis protocol and configuration speak.
//
// Three dialects meet here and must not be mixed up:
//
//   integers  the one canonical spelling only: what parse_int64 accepts is exactly what format_int64 prints.
//   This
//             is what lets a string value be stored as an integer and given back byte for byte.
//   doubles   generous, as C's strtod: "1e3", "0x1p4", "+.5", "inf" are all fine; leading space and NaN are
//   not. sizes     configuration's "64mb": powers of ten without a 'b', powers of two with it.
//
// All functions are pure, allocate nothing unless they return a std::string, and assume the "C" numeric
// locale (the server never changes LC_NUMERIC).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace strata {

// Room that format_int64 needs: 19 digits, a sign and one spare byte for callers that add a terminator.
inline constexpr size_t kInt64Chars = 21;
// Room that format_double needs: sign, 17 digits, point, "e-308" and a spare.
inline constexpr size_t kDoubleChars = 32;

// Strict decimal: an optional '-', no '+', no spaces, no leading zeros, not "-0". Leaves *out alone on
// failure.
[[nodiscard]] bool parse_int64(std::string_view text, int64_t* out);
[[nodiscard]] bool parse_uint64(std::string_view text, uint64_t* out);

// Writes the decimal form (no terminator) and returns its length. `buf` has room for kInt64Chars bytes.
size_t format_int64(char* buf, int64_t value);
size_t format_uint64(char* buf, uint64_t value);
// Number of decimal digits, 1 for zero.
int digits10(uint64_t value);

// strtod's grammar over the whole text; rejects empty text, leading space, NaN, and results that over- or
// underflow (a subnormal result is fine, zero from a non-zero text is not). "inf" spelled out is accepted.
[[nodiscard]] bool parse_double(std::string_view text, double* out);
// The same with the range of long double; texts of 5 KiB and more are refused.
[[nodiscard]] bool parse_long_double(std::string_view text, long double* out);

// "%.17g", and "inf", "-inf", "nan". The buffer form returns the length, writes no terminator, needs
// kDoubleChars.
size_t format_double(char* buf, double value);
std::string format_double(double value);
// Fixed notation with up to 17 decimals, trailing zeros (and a bare point) removed, "-0" as "0": the form in
// which INCRBYFLOAT stores its result, so that 3.0 + 1.1 reads back as 4.1.
std::string format_long_double_human(long double value);

// A size in bytes as the configuration writes it: digits and an optional unit, case-insensitive, nothing
// between:
//   b = 1   k = 1000   kb = 1024   m = 1000^2   mb = 1024^2   g = 1000^3   gb = 1024^3
// Kept for compatibility: no digits at all mean 0; digits beyond 64 bits saturate before the unit is applied,
// and the product wraps.
[[nodiscard]] bool parse_memory(std::string_view text, uint64_t* out);

}  // namespace strata
