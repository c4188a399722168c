// A store whose clock stands still until it is told to go on, and objects for it. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "simulator/kube/store/store.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {

/// An object that no store has seen: name and namespace are those in its metadata.
inline Object object_of(KindId kind, Value value, std::uint64_t version = 1) {
  auto identity = std::make_shared<Identity>();
  identity->kind = kind;
  identity->space = std::as_const(value).at("metadata.namespace").text();
  identity->name = std::as_const(value).at("metadata.name").text();
  identity->uid = std::as_const(value).at("metadata.uid").text();
  identity->created = version;
  return Object(std::move(identity), std::move(value), version);
}

/// widgets.example.com in one version, for a registry.
inline std::unique_ptr<Kind> widgets(const std::string& version = "v1") {
  auto kind = std::make_unique<Kind>();
  kind->group = "example.com";
  kind->name = "Widget";
  kind->list_name = "WidgetList";
  kind->plural = "widgets";
  kind->singular = "widget";
  kind->versions.emplace_back().name = version;
  return kind;
}

class StoreTest : public testing::Test {
 protected:
  static Value pod(const std::string& space, const std::string& name, Value labels = Value::object()) {
    return {{"metadata", {{"namespace", space}, {"name", name}, {"labels", std::move(labels)}}}};
  }
  Store::Options options(std::size_t window = 100) {
    Store::Options chosen;
    chosen.window_min = window;
    chosen.window_max = window;
    chosen.wall_clock = [this] { return now_; };
    return chosen;
  }
  static std::vector<std::string> names(const std::vector<ObjectPtr>& objects) {
    std::vector<std::string> found;
    found.reserve(objects.size());
    for (const ObjectPtr& object : objects) found.push_back(object->name());
    return found;
  }
  std::chrono::system_clock::time_point now_{std::chrono::seconds(1'000'000'000)};
  Store store_{options()};
};

}  // namespace plumbline::kube
