// An API server without a transport, with a namespace `web`, asked by whoever `user_` is. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "simulator/kube/http/api_server.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {

class ApiServerTest : public testing::Test {
 protected:
  ApiServerTest() {
    for (auto& [kind, object] : Authorizer::bootstrap_objects()) EXPECT_TRUE(store_.create(kind, std::move(object)));
    EXPECT_TRUE(operations_.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}}));
    api_.on_audit([this](const User& user, const Attributes& asked, const HttpRequest&, int code) {
      audit_.push_back(user.name + " " + asked.verb + " " + asked.resource + " " + std::to_string(code));
    });
  }
  static Store::Options options() {
    Store::Options chosen;
    chosen.window_min = 50;
    chosen.window_max = 50;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  Reply send(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json", const std::string& accept = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.content_type = type;
    request.accept = accept;
    request.certificate = user_;
    request.impersonate_user = acts_as_;
    request.impersonate_groups = acts_in_;
    return api_.handle(request);
  }
  // The JSON of an ordinary response, with its code in "@code".
  Value json(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json", const std::string& accept = "") {
    const Reply reply = send(method, target, body, type, accept);
    const auto* response = std::get_if<HttpResponse>(&reply);
    EXPECT_TRUE(response) << "a watch where a response was expected";
    Value parsed = response ? value_of(response->body) : Value();
    if (parsed.is_object()) parsed["@code"] = response->code;
    return parsed;
  }
  std::unique_ptr<WatchStream> watch(const std::string& target) {
    Reply reply = send("GET", target);
    auto* stream = std::get_if<std::unique_ptr<WatchStream>>(&reply);
    EXPECT_TRUE(stream) << target;
    return stream ? std::move(*stream) : nullptr;
  }
  static std::vector<Value> take(WatchStream& stream) {
    std::string lines;
    stream.take(lines, 1 << 20);
    std::vector<Value> events;
    for (std::size_t start = 0; start < lines.size();) {
      const std::size_t end = lines.find('\n', start);
      events.push_back(value_of(std::string_view(lines).substr(start, end - start)));
      start = end + 1;
    }
    return events;
  }
  static std::string map(const std::string& name, const std::string& labels = "{}") {
    return R"({"metadata":{"name":")" + name + R"(","labels":)" + labels + "}}";
  }
  static constexpr const char* kMaps = "/api/v1/namespaces/web/configmaps";

  Store store_{options()};
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  Authenticator authenticator_{store_, [] { return std::chrono::system_clock::now(); }};
  Authorizer authorizer_{store_};
  ApiServer api_{operations_, authenticator_, authorizer_, kernel::Random(1)};
  std::optional<User> user_ = User{"root", {"system:masters"}};
  std::string acts_as_;
  std::vector<std::string> acts_in_;
  std::vector<std::string> audit_;
};

}  // namespace plumbline::kube
