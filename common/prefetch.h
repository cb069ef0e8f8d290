// Brings memory into the cache before it is needed, without waiting for it.
#pragma once

namespace strata {

// GCC takes a function that does nothing but prefetch for one without effects, and leaves out the calls that it has not
// inlined: the empty statement is the effect that keeps them. Any address will do.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace strata
