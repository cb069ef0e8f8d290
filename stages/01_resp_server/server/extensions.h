// Typed slots by which a stage keeps its own state in an object that an earlier stage owns.
//
//   static const ExtensionKey<Subscriptions> kSubscriptions;      // one per kind of state, at namespace scope
//   client.ext.get(kSubscriptions)                                // nullptr until somebody asked for it
//   client.ext.ensure(kSubscriptions)                             // creates it with the default constructor
//
// The state is destroyed with its owner, in no particular order. An object without extensions holds one null pointer.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace strata::resp {

namespace detail {
inline std::atomic<size_t> next_extension_index{0};
}

template <class T>
class ExtensionKey {
 public:
  ExtensionKey() : index_(detail::next_extension_index.fetch_add(1)) {}
  size_t index() const { return index_; }

 private:
  size_t index_;
};

class Extensions {
 public:
  template <class T>
  T* get(const ExtensionKey<T>& key) const {
    if (slots_ == nullptr || key.index() >= slots_->size()) return nullptr;
    return static_cast<T*>((*slots_)[key.index()].get());
  }

  template <class T>
  T& ensure(const ExtensionKey<T>& key) {
    if (T* found = get(key)) return *found;
    if (slots_ == nullptr) slots_ = std::make_unique<Slots>();
    if (slots_->size() <= key.index()) slots_->resize(key.index() + 1);
    auto state = std::make_shared<T>();
    (*slots_)[key.index()] = state;
    return *state;
  }

  template <class T>
  void drop(const ExtensionKey<T>& key) {
    if (slots_ != nullptr && key.index() < slots_->size()) (*slots_)[key.index()].reset();
  }

 private:
  using Slots = std::vector<std::shared_ptr<void>>;  // shared_ptr<void> remembers the right destructor
  std::unique_ptr<Slots> slots_;
};

}  // namespace strata::resp
