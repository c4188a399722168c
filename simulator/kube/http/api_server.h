// The API server without its transport: a request in, a response or a watch out. Authenticates, authorises, routes,
// carries out, and tells the audit. One thread.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/api/operations.h"
#include "simulator/kube/http/request.h"
#include "simulator/kube/http/watch_stream.h"

namespace plumbline::kube {

inline constexpr std::size_t kRequestBodyMax = 3 * 1024 * 1024;

using Reply = std::variant<HttpResponse, std::unique_ptr<WatchStream>>;

class ApiServer {
 public:
  /// Told about every request when its status code is known; a watch at its start.
  using Audit = std::function<void(const User&, const Attributes&, const HttpRequest&, int code)>;

  /// All must outlive this.
  ApiServer(Operations& operations, Authenticator& authenticator, Authorizer& authorizer, kernel::Random random);
  void on_audit(Audit audit) { audit_ = std::move(audit); }

  Reply handle(const HttpRequest& request);

 private:
  Reply route(const User& user, const HttpRequest& request, const Target& target);
  Reply resource(const HttpRequest& request, const Target& target);
  Reply read(const HttpRequest& request, const Target& target);
  Reply list(const HttpRequest& request, const Target& target);
  Reply watch(const HttpRequest& request, const Target& target);
  Reply create(const HttpRequest& request, const Target& target);
  Reply change(const HttpRequest& request, const Target& target);
  Reply remove(const HttpRequest& request, const Target& target);
  Reply remove_collection(const HttpRequest& request, const Target& target);
  Reply scale(const HttpRequest& request, const Target& target);
  Reply request_token(const HttpRequest& request, const Target& target);
  Reply review_access(const User& user, const HttpRequest& request);
  Reply page(const HttpRequest& request, const Target& target);
  HttpResponse show(const HttpRequest& request, const Target& target, const Object& object, int code) const;

  Operations& operations_;
  Store& store_;
  Authenticator& authenticator_;
  Authorizer& authorizer_;
  kernel::Random random_;
  Audit audit_;
};

}  // namespace plumbline::kube
