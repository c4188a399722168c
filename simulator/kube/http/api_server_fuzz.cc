// Any conversation is answered: JSON with a status code, or a watch. Input: requests separated by lines of "---"; the
// first line of each is METHOD TARGET [CONTENT-TYPE [ACCEPT]], the rest is its body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/check.h"
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/value/text.h"

namespace {

using namespace plumbline;
using namespace plumbline::kube;

std::string take(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string taken(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + end.size());
  return taken;
}

Store::Options options() {
  Store::Options chosen;
  chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
  return chosen;
}

const std::vector<std::pair<KindId, Value>> kWhatLetsRootIn = [] {
  auto objects = Authorizer::bootstrap_objects();
  std::erase_if(objects,
                [](const auto& entry) { return std::as_const(entry.second).at("metadata.name") != "cluster-admin"; });
  return objects;
}();

struct Server {
  Server() {
    for (const auto& [kind, object] : kWhatLetsRootIn) (void)store.create(kind, object);
    (void)operations.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}});
  }
  Store store{options()};
  ServiceAdmission services{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations{store, services};
  Authenticator authenticator{store, options().wall_clock};
  Authorizer authorizer{store};
  ApiServer api{operations, authenticator, authorizer, kernel::Random(1)};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Server server;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  std::vector<std::unique_ptr<WatchStream>> watches;
  while (!rest.empty()) {
    const std::string part = take(rest, "\n---\n");
    std::string_view body = part;
    const std::string line = take(body, "\n");
    std::string_view words = line;
    HttpRequest request;
    request.method = take(words, " ");
    request.target = take(words, " ");
    request.content_type = take(words, " ");
    request.accept = words;
    request.body = body;
    request.certificate = User{"root", {"system:masters"}};
    Reply reply = server.api.handle(request);
    if (auto* watch = std::get_if<std::unique_ptr<WatchStream>>(&reply)) {
      watches.push_back(std::move(*watch));
    } else {
      const auto& response = std::get<HttpResponse>(reply);
      CHECK(response.code >= 200 && response.code < 600, "a response has a status code");
      CHECK(response.content_type != "application/json" || read_text(response.body).value, "JSON is JSON");
    }
  }
  for (const auto& watch : watches) {
    std::string lines;
    watch->bookmark();
    watch->take(lines, std::size_t{1} << 20);
    for (std::string_view left = lines; !left.empty();) CHECK(read_text(take(left, "\n")).value, "an event is JSON");
  }
  return 0;
}
