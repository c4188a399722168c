// Who sends a request: client certificate, ServiceAccount token, or anonymous. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/store.h"

namespace plumbline::kube {

struct User {
  std::string name;
  std::vector<std::string> groups;
};

inline constexpr std::string_view kAnonymous = "system:anonymous";
inline constexpr std::string_view kMasters = "system:masters";
/// Of tokens that end by themselves; also the audience of those that name none.
inline constexpr std::string_view kIssuer = "https://kubernetes.default.svc.cluster.local";

/// What a connection and a request show of their sender.
struct Credentials {
  std::optional<User> certificate;  ///< of a client certificate that our CA signed
  bool bad_certificate = false;     ///< one was shown, but it isn't valid
  std::string_view authorization;   ///< the header, or ""
};

class Authenticator {
 public:
  using WallClock = std::function<std::chrono::system_clock::time_point()>;
  /// `store` must outlive this. Draws a signing key.
  Authenticator(const Store& store, WallClock wall_clock);

  /// nullopt is 401: a certificate or token was shown and is not (or no longer) good.
  std::optional<User> authenticate(const Credentials& credentials) const;

  /// The token that a Secret of type kubernetes.io/service-account-token holds; good as long as both exist.
  std::string mint(const Object& account, const Object& secret) const;
  /// A token that ends by itself (TokenRequest).
  std::string mint(const Object& account, std::chrono::seconds lifetime) const;

 private:
  std::string sign(const Value& claims) const;
  std::optional<User> authenticate_token(std::string_view token) const;

  const Store& store_;
  WallClock wall_clock_;
  std::string key_;
};

}  // namespace plumbline::kube
