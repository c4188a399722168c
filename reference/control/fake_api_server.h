// For tests: an HTTPS server on loopback with a certificate of its own that answers each request target by script.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reference/control/kubeconfig.h"

namespace plumbline::gateway {

class FakeApiServer {
 public:
  enum class End { kProper, kCut, kOpen };  ///< of a stream; kOpen: says nothing more until the server ends
  struct Answer {
    int status = 200;
    std::string body;                ///< of a plain answer
    std::vector<std::string> lines;  ///< of a stream; used when `streams`
    bool streams = false;
    End end = End::kProper;
  };
  /// Called on the server's threads, one call at a time, with method and target ("GET /api/v1/pods").
  using Script = std::function<Answer(const std::string& request)>;

  explicit FakeApiServer(Script script);
  ~FakeApiServer();

  /// How to reach it, with token "token".
  KubeAccess access() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::gateway
