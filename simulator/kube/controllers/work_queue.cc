#include "simulator/kube/controllers/work_queue.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <unordered_set>

namespace plumbline::kube {
namespace {

constexpr int kBatch = 128;

struct HashOfKey {
  std::size_t operator()(const ObjectKey& key) const {
    const std::hash<std::string_view> hash;
    return hash(key.name) ^ 31 * (hash(key.space) + static_cast<std::size_t>(key.kind));
  }
};

}  // namespace

struct WorkQueue::State {
  boost::asio::io_context& io;
  std::function<void(const ObjectKey&)> work;
  std::deque<ObjectKey> waiting;
  std::unordered_set<ObjectKey, HashOfKey> known;
  std::map<ObjectKey, std::unique_ptr<boost::asio::steady_timer>> later;
  bool scheduled = false;
  bool closed = false;
};

WorkQueue::WorkQueue(boost::asio::io_context& io, std::function<void(const ObjectKey&)> work)
    : state_(std::make_shared<State>(State{io, std::move(work), {}, {}, {}})) {}

WorkQueue::~WorkQueue() {
  state_->closed = true;
  state_->later.clear();
}

void WorkQueue::add(const ObjectKey& key) {
  if (!state_->known.insert(key).second) return;
  state_->waiting.push_back(key);
  schedule(state_);
}

void WorkQueue::add_after(const ObjectKey& key, std::chrono::microseconds delay) {
  auto& timer = state_->later[key];
  if (timer) return;
  timer = std::make_unique<boost::asio::steady_timer>(state_->io, delay);
  timer->async_wait([this, state = state_, key](const boost::system::error_code&) {
    if (state->closed) return;
    state->later.erase(key);
    add(key);
  });
}

void WorkQueue::schedule(const std::shared_ptr<State>& state) {
  if (state->scheduled) return;
  state->scheduled = true;
  boost::asio::post(state->io, [state] { drain(state); });
}

void WorkQueue::drain(const std::shared_ptr<State>& state) {
  state->scheduled = false;
  for (int done = 0; done < kBatch && !state->closed && !state->waiting.empty(); ++done) {
    const ObjectKey key = std::move(state->waiting.front());
    state->waiting.pop_front();
    state->known.erase(key);
    state->work(key);
  }
  if (!state->closed && !state->waiting.empty()) schedule(state);
}

}  // namespace plumbline::kube
