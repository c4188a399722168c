// The OpenAPI documents as they are sent: written when first asked for, kept until the registry changes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

class OpenApiPages {
 public:
  struct Page {
    std::string text;
    std::string hash;  ///< of the text: who has it needs no other
  };

  /// `registry` must outlive this.
  explicit OpenApiPages(const Registry& registry) : registry_(registry) {}

  /// At "/openapi/v2", "/openapi/v3", "/openapi/v3/api/v1", "/openapi/v3/apis/GROUP/VERSION"; null where there is none.
  /// Good until the next call.
  const Page* find(std::string_view path);
  /// /openapi/v2 as protocol buffers.
  const Page& protobuf_v2();

 private:
  void forget_when_changed();
  const Page& kept(const std::string& path, std::string text);
  Value index();

  const Registry& registry_;
  std::uint64_t revision_ = 0;
  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace plumbline::kube
