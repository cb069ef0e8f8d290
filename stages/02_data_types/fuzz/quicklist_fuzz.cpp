// Any bytes as a program: three bytes set up a quicklist, each further four are one operation on it and on a deque, which
// must stay equal. What a listpack in the list holds must stay well-formed.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <string>

#include "02_data_types/encodings/quicklist.h"

namespace {

using namespace strata::db;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string element_from(uint8_t kind, uint8_t size) {
  if (kind % 3 == 0) return std::to_string((static_cast<int64_t>(kind) - 128) << (size % 56));
  return std::string(kind % 3 == 1 ? size % 4 : size * 8u, static_cast<char>('a' + kind % 5));
}

void compare(const QuickList& list, const std::deque<std::string>& model) {
  require(list.size() == model.size());
  auto expected = model.begin();
  list.visit(ListEnd::kHead, 0, list.size(), [&](const Element& element) {
    Element::Digits digits;
    require(element.as_text(digits) == *expected++);
  });
  NodeReader reader;
  for (const QuickListNode* node = list.head(); node != nullptr; node = node->next) {
    require(node->is_plain() || Listpack::validate(reader.open(*node), true));
  }
}

void operate(QuickList& list, std::deque<std::string>& model, const uint8_t* op) {
  std::string element = element_from(op[1], op[2]);
  const bool head = op[3] % 2 == 0;
  const ListEnd end = head ? ListEnd::kHead : ListEnd::kTail;
  if (op[0] % 8 < 3 || model.empty()) {
    list.push(end, element);
    head ? model.push_front(element) : model.push_back(element);
    return;
  }
  const size_t index = op[3] % model.size();
  const auto at = model.begin() + static_cast<ptrdiff_t>(index);
  switch (op[0] % 8) {
    case 3:
      list.pop(end);
      head ? model.pop_front() : model.pop_back();
      break;
    case 4:
      require(list.set(static_cast<int64_t>(index), element));
      *at = element;
      break;
    case 5: {
      const std::string pivot = *at;
      require(list.insert(pivot, head, element));
      model.insert(std::find(model.begin(), model.end(), pivot) + (head ? 1 : 0), element);
      break;
    }
    case 6: {
      const std::string victim = *at;
      require(list.remove(victim, SIZE_MAX, end) > 0);
      std::erase(model, victim);
      break;
    }
    default: {
      const size_t n = std::min<size_t>(op[2] % 8, model.size() - index);
      list.erase(index, n);
      model.erase(at, at + static_cast<ptrdiff_t>(n));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  QuickList::set_plain_bytes(data[2] < 128 ? QuickList::kDefaultPlainBytes : data[2]);
  QuickList list(static_cast<int8_t>(data[0]) % 8, data[1] % 4);
  std::deque<std::string> model;
  for (size_t i = 3; i + 4 <= size; i += 4) operate(list, model, data + i);
  compare(list, model);
  return 0;
}
