// The API server without its transport: a request in, a response or a watch out. Authenticates, authorises, routes,
// carries out, and tells the audit. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <variant>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/api/operations.h"
#include "simulator/kube/http/request.h"
#include "simulator/kube/http/watches.h"
#include "simulator/kube/openapi/pages.h"

namespace plumbline::kube {

using Reply = std::variant<HttpResponse, std::unique_ptr<WatchStream>>;

class ApiServer {
 public:
  /// Told about every request when its status code is known, 0 when it is never answered; a watch at its start.
  using Audit = std::function<void(const User&, const Attributes&, const HttpRequest&, int code)>;

  /// All must outlive this.
  ApiServer(Operations& operations, Authenticator& authenticator, Authorizer& authorizer, kernel::Random random);
  void on_audit(Audit audit) { audit_ = std::move(audit); }
  /// Tells the audit of a request that somebody else dealt with.
  void audit(const User& user, const Attributes& asked, const HttpRequest& request, int code) const {
    if (audit_) audit_(user, asked, request, code);
  }

  Reply handle(const HttpRequest& request);
  /// Who sends it; nothing when that is not known.
  std::optional<User> user_of(const HttpRequest& request) const;
  Watches& watches() { return watches_; }
  /// Real servers ask for rights when a watch begins, never again. True: a watch ends when its user loses the right to
  /// it, or the token that it came with.
  void revocations_end_watches(boost::asio::io_context& io, bool end);
  /// From now on nobody may change anything: 403 with these words.
  void refuse_writes(std::string why) { no_writes_ = std::move(why); }

 private:
  /// One request with what is known of it.
  struct Call {
    const HttpRequest& request;
    const Target& target;
    const User& user;
    std::vector<std::string> warnings = {};
  };

  /// Whom `user` acts as (Impersonate-User, Impersonate-Group): itself, or 403.
  Outcome<User> acting(const User& user, const HttpRequest& request);
  Reply route(Call& call, const Attributes& asked);
  Reply resource(Call& call);
  Reply part(Call& call);
  // reading.cc
  Reply read(const Call& call);
  Reply list(const Call& call);
  Reply watch(const Call& call);
  HttpResponse show(const Call& call, const ObjectPtr& object, int code) const;
  HttpResponse show_list(const Call& call, const std::vector<ObjectPtr>& objects, Value metadata) const;
  // writing.cc
  /// What a writer of rights must have himself; null for other kinds.
  std::function<Outcome<void>(const Value&, const Object*)> permission(const Call& call);
  Reply create(Call& call);
  Reply change(Call& call);
  Reply apply(Call& call, WriteOptions options);
  Reply remove(const Call& call);
  Reply remove_collection(const Call& call);
  Reply scale(Call& call);
  Reply evict(const Call& call);
  Reply bind(const Call& call);
  Reply finalize(const Call& call);
  // reviews.cc
  Reply review(const Call& call);
  /// The status of a review of access.
  Value access_of(const User& user, const Attributes& asked) const;
  Reply request_token(const Call& call);
  // pages.cc
  Reply page(const Call& call);
  Reply openapi(const Call& call);

  Operations& operations_;
  Store& store_;
  Authenticator& authenticator_;
  Authorizer& authorizer_;
  kernel::Random random_;
  OpenApiPages openapi_pages_;
  Audit audit_;
  std::string no_writes_;  ///< why nobody may write; "" when those who have the right may
  Watches watches_;
  std::vector<Store::Subscription> revocations_;
  std::shared_ptr<bool> checking_;  ///< a check of the watches has been posted
};

// Shared by the files above.
HttpResponse respond(int code, const Value& value);
HttpResponse refuse(const Failure& failure);
Failure unknown_resource();
Failure unsupported_media(std::string_view accepted);
Failure not_acceptable();
ObjectKey key_of(const Target& target);
std::optional<std::uint64_t> parse_number(std::string_view text);
/// `options` of a request are invalid: "ListOptions.meta.k8s.io \"\" is invalid: ...".
Failure invalid_options(std::string_view options, const std::vector<Cause>& causes);

}  // namespace plumbline::kube
