#include "simulator/kube/http/watches.h"

#include <utility>
#include <vector>

namespace plumbline::kube {

Watches::Watches() : open_(std::make_shared<std::map<const WatchStream*, Watcher>>()) {}

Watches::~Watches() = default;

void Watches::add(WatchStream& stream, User user, bool acts_for_another, Attributes asked,
                  const Credentials& credentials) {
  Watcher& watcher = (*open_)[&stream];
  watcher.user = std::move(user);
  watcher.acts_for_another = acts_for_another;
  watcher.asked = std::move(asked);
  watcher.authorization = credentials.authorization;
  watcher.credentials = credentials;
  watcher.credentials.authorization = watcher.authorization;
  watcher.stream = &stream;
  stream.on_gone([open = std::weak_ptr(open_), key = &stream] {
    if (const auto alive = open.lock()) alive->erase(key);
  });
  if (opened_) opened_(watcher);
}

void Watches::each(const std::function<void(const Watcher&)>& visit) const {
  for (const auto& [_, watcher] : *open_) visit(watcher);
}

std::size_t Watches::size() const { return open_->size(); }

}  // namespace plumbline::kube
