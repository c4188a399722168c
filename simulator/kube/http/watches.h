// The watches that are open: who watches what, so that a right that is revoked can end them, and trouble can be made
// for them. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/http/watch_stream.h"

namespace plumbline::kube {

class Watches {
 public:
  struct Watcher {
    User user;  ///< as whom it watches
    bool acts_for_another = false;
    Attributes asked;
    Credentials credentials;
    std::string authorization;  ///< what `credentials` refers to
    WatchStream* stream = nullptr;
  };

  Watches();
  ~Watches();
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  /// Known until it is destroyed, which may be after this is.
  void add(WatchStream& stream, User user, bool acts_for_another, Attributes asked, const Credentials& credentials);
  /// `visit` may end streams, not destroy them.
  void each(const std::function<void(const Watcher&)>& visit) const;
  std::size_t size() const;
  /// Called with every new one.
  void on_open(std::function<void(const Watcher&)> opened) { opened_ = std::move(opened); }

 private:
  std::shared_ptr<std::map<const WatchStream*, Watcher>> open_;
  std::function<void(const Watcher&)> opened_;
};

}  // namespace plumbline::kube
