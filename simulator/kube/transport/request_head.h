// The head of a request while its parts arrive: which headers count, and the request that they make.
#pragma once

#include <string>
#include <string_view>

#include "simulator/kube/transport/session.h"

namespace plumbline::kube {

struct RequestHead {
  std::string method;
  std::string target;
  bool expects_continue = false;

  /// `name` in any case of letters. Headers that no API server asks for are passed over.
  void add(std::string_view name, std::string_view value);
  /// With an empty body.
  HttpRequest request(const SessionContext& context);

 private:
  HttpRequest request_;
};

}  // namespace plumbline::kube
