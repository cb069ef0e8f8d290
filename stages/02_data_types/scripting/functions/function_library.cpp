#include "02_data_types/scripting/functions/function_library.h"

#include <algorithm>
#include <lua.hpp>

namespace strata::script {

bool is_function_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

Library::~Library() {
  for (const Function& function : functions) luaL_unref(lua, LUA_REGISTRYINDEX, function.callback);
}

// FNV-1a.
size_t LibrarySet::AnyCaseHash::operator()(std::string_view name) const {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(lower_ascii(c))) * 0x100000001b3ull;
  return hash;
}

const Function* LibrarySet::find(std::string_view function) const {
  auto found = functions_.find(function);
  return found == functions_.end() ? nullptr : found->second.function;
}

Status LibrarySet::check_functions(const Library& library, const Library* replaced) const {
  for (const Function& function : library.functions) {
    auto found = functions_.find(function.name);
    if (found != functions_.end() && found->second.library != replaced) {
      return Status::error("Function {} already exists", function.name);
    }
  }
  return {};
}

// [task 2.15] Take a library in, whole or not at all.
Status LibrarySet::add(std::unique_ptr<Library> library, bool replace) {
  auto old = libraries_.find(library->name);
  if (old != libraries_.end() && !replace) return name_is_taken(library->name);
  if (Status clear = check_functions(*library, old == libraries_.end() ? nullptr : old->second.get()); !clear.ok()) {
    return clear;
  }
  remove(library->name);
  for (const Function& function : library->functions) {
    functions_.emplace(function.name, Place{&function, library.get()});
  }
  std::string name = library->name;
  libraries_.emplace(std::move(name), std::move(library));
  return {};
}

Status LibrarySet::join(LibrarySet other, bool replace) {
  // Functions may be in the way of each other only across libraries that stay.
  for (const auto& [name, library] : other.libraries_) {
    if (has(name) && !replace) return Status::error("Library {} already exists", name);
    for (const Function& function : library->functions) {
      auto found = functions_.find(function.name);
      if (found != functions_.end() && !other.has(found->second.library->name)) {
        return Status::error("Function {} already exists", function.name);
      }
    }
  }
  for (const auto& [name, library] : other.libraries_) remove(name);
  other.functions_.clear();
  for (auto& [name, library] : other.libraries_) {
    [[maybe_unused]] Status added = add(std::move(library), false);
  }
  return {};
}

bool LibrarySet::remove(std::string_view name) {
  auto found = libraries_.find(name);
  if (found == libraries_.end()) return false;
  for (const Function& function : found->second->functions) functions_.erase(function.name);
  libraries_.erase(found);
  return true;
}

size_t LibrarySet::memory_bytes() const {
  size_t bytes = sizeof *this;
  for (const auto& [name, library] : libraries_) {
    bytes += sizeof(Library) + name.size() * 2 + library->code.size();
    for (const Function& function : library->functions) {
      bytes += sizeof function + sizeof(Place) + function.name.size();
      if (function.description) bytes += function.description->size();
    }
  }
  return bytes;
}

}  // namespace strata::script
