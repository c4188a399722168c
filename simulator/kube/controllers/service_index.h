// Which Services select a Pod, without asking every Service: by the first pair of each selector. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "simulator/kube/store/store.h"

namespace plumbline::kube {

class ServiceIndex {
 public:
  /// `store` must outlive this.
  explicit ServiceIndex(const Store& store) : store_(store) {}

  /// To be told of every change of a Service.
  void update(const Event& event);
  /// Calls `tell` with each Service whose selector the labels of `pod` carry.
  void each_of(const Object& pod, const std::function<void(const ObjectPtr&)>& tell) const;

 private:
  using Pair = std::pair<std::string, std::string>;
  static std::optional<Pair> first_pair(const Object& service);

  const Store& store_;
  /// namespace -> (key, value) of the first pair of the selector -> names of Services.
  std::map<std::string, std::map<Pair, std::set<std::string>>, std::less<>> by_pair_;
};

}  // namespace plumbline::kube
