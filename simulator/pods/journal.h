// What the Pods and traps of one world write down: every hit, and whole requests of the windows that ask for it.
// Runs on the world's thread; all members must be called there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "simulator/pods/answer.h"
#include "simulator/pods/request.h"
#include "wire/history.h"

namespace plumbline::pods {

class Journal {
 public:
  /// `now_us`: the time base of wire::Hit::t.
  explicit Journal(std::function<std::int64_t()> now_us) : now_us_(std::move(now_us)) {}

  std::int64_t now_us() const { return now_us_(); }
  /// Numbers connections, 1, 2, ...
  std::int64_t next_connection() { return ++connections_; }

  void add(wire::Hit hit) { hits_.push_back(std::move(hit)); }
  std::size_t hits() const { return hits_.size(); }
  std::vector<wire::Hit> take_hits() { return std::exchange(hits_, {}); }

  /// From now on requests of `window` are kept whole.
  void keep(int window) { kept_[window]; }
  bool keeps(int window) const { return kept_.contains(window); }
  /// Requires keeps(hit.id.window). `answer` is null when there was none; else `close` as it was serialized.
  void add_exchange(const wire::Hit& hit, const Request& request, const Answer* answer, bool close);
  /// In order of arrival; see World::take_exchanges for the form.
  std::vector<nlohmann::json> take_exchanges(int window);

 private:
  std::function<std::int64_t()> now_us_;
  std::int64_t connections_ = 0;
  std::vector<wire::Hit> hits_;
  std::map<int, std::vector<nlohmann::json>> kept_;
};

}  // namespace plumbline::pods
