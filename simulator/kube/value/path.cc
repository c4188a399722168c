#include "simulator/kube/value/value.h"

namespace plumbline::kube {

const Value& Value::at(std::string_view path) const {
  const Value* current = this;
  while (current != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    current = current->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return current == nullptr ? nothing() : *current;
}

Value& Value::reach(std::string_view path) {
  Value* current = this;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    current = &current->set(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return *current;
}

}  // namespace plumbline::kube
