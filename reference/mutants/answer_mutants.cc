// Mutants of what is answered to a call of the contract, whatever the gateway behind it did.
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cctype>

#include "model/tunnel.h"
#include "reference/mutants/mutant.h"
#include "wire/contract.h"

namespace plumbline::gateway {
namespace {

using nlohmann::json;

/// Passes every call on.
class Front : public Contract {
 public:
  Front(const Reached& reached, std::unique_ptr<Contract> behind) : reached_(reached), behind_(std::move(behind)) {}
  boost::asio::awaitable<Reply> call(std::string method, json params) override {
    return behind_->call(std::move(method), std::move(params));
  }
  bool stopped() const override { return behind_->stopped(); }
  void shut_down() override { behind_->shut_down(); }

 protected:
  const Reached& reached_;
  std::unique_ptr<Contract> behind_;
};

/// Refuses a tunnel of too many services, and creates it all the same as far as it may.
class KeepsWhatItRefuses : public Front {
 public:
  using Front::Front;
  boost::asio::awaitable<Reply> call(std::string method, json params) override {
    json again = params;
    const bool creates = method == "tunnel.create";
    Reply reply = co_await behind_->call(std::move(method), std::move(params));
    if (!creates || !reply.is_error || wire::error_from_json(reply.body).reason != Reason::kLimitExceeded)
      co_return reply;
    reached_();
    json& services = again["services"];
    services.erase(services.begin() + static_cast<std::ptrdiff_t>(kTunnelServicesMax), services.end());
    const Reply kept = co_await behind_->call("tunnel.create", std::move(again));
    (void)kept;
    co_return reply;
  }
};

/// Says why in other words; the names of things stay.
class OtherErrorTexts : public Front {
 public:
  using Front::Front;
  boost::asio::awaitable<Reply> call(std::string method, json params) override {
    Reply reply = co_await behind_->call(std::move(method), std::move(params));
    if (!reply.is_error || !reply.body.contains("data")) co_return reply;
    reached_();
    std::string text = reply.body.value("message", "");
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    reply.body["message"] = "GW-4711: NOT DONE. REASON: " + text;
    co_return reply;
  }
};

template <class Wrong>
std::function<void(Assembly&)> put_in_front() {
  return [](Assembly& assembly) {
    assembly.front = [&reached = assembly.reached](std::unique_ptr<Contract> behind) -> std::unique_ptr<Contract> {
      return std::make_unique<Wrong>(reached, std::move(behind));
    };
  };
}

}  // namespace

void add_answer_mutants(std::vector<Mutant>& mutants) {
  mutants.push_back({"keeps-what-it-refuses", "TUN-05", "stores a tunnel that it refused, cut to 20 services",
                     put_in_front<KeepsWhatItRefuses>()});
  mutants.push_back(
      {"harmless-other-error-texts", kHarmless, "refuses in other words", put_in_front<OtherErrorTexts>()});
}

}  // namespace plumbline::gateway
