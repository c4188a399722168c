// A PodRuntime for tests: gives addresses in order, remembers what it was told, lets Pods stop at once or when told.
// Not a network. One thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "simulator/kube/pod_runtime.h"

namespace plumbline::kube {

class FakeRuntime : public PodRuntime {
 public:
  Result<std::string> start(const Value& pod) override {
    const int n = next_++;
    running.insert(uid_of(pod));
    return "10.0." + std::to_string(16 + n / 250) + "." + std::to_string(1 + n % 250);
  }
  void terminate(const Value& pod, std::chrono::seconds, std::function<void()> gone) override {
    auto stop = [this, uid = uid_of(pod), gone = std::move(gone)] {
      running.erase(uid);
      gone();
    };
    if (stops_at_once)
      stop();
    else
      terminating[uid_of(pod)] = std::move(stop);
  }
  void remove(const Value& pod) override {
    running.erase(uid_of(pod));
    removed.insert(uid_of(pod));
  }
  static std::string uid_of(const Value& pod) { return pod.at("metadata.uid").string(); }

  bool stops_at_once = true;
  std::set<std::string> running, removed;
  std::map<std::string, std::function<void()>> terminating;  ///< by uid: makes it stop

 private:
  int next_ = 0;
};

}  // namespace plumbline::kube
