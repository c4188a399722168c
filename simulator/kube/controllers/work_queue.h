// Keys that a controller must look at again. A key waits once however often it is added; keys are worked through in
// the order of their first addition, a batch at a time, so that I/O gets its turn. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "simulator/kube/store/object.h"

namespace plumbline::kube {

class WorkQueue {
 public:
  /// `work` may add keys, the one it works on included. `io` must outlive this; `work` isn't called after destruction.
  WorkQueue(boost::asio::io_context& io, std::function<void(const ObjectKey&)> work);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void add(const ObjectKey& key);
  /// As add(), later. A key that waits for its time already keeps that time.
  void add_after(const ObjectKey& key, std::chrono::microseconds delay);

 private:
  struct State;
  static void schedule(const std::shared_ptr<State>& state);
  static void drain(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;  ///< shared with the posted drain, which may outlive this
};

}  // namespace plumbline::kube
