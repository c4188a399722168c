// A gateway that introduces itself by another name, so that no report takes a mutant for the reference; all else is the
// gateway's own. On the control thread, as every Contract.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "reference/control/contract.h"

namespace plumbline::gateway {

class Renamed : public Contract {
 public:
  Renamed(std::string name, std::unique_ptr<Contract> gateway) : name_(std::move(name)), gateway_(std::move(gateway)) {}

  boost::asio::awaitable<Reply> call(std::string method, nlohmann::json params) override {
    const bool introduces = method == "hello";
    Reply reply = co_await gateway_->call(std::move(method), std::move(params));
    if (introduces && !reply.is_error) reply.body["name"] = name_;
    co_return reply;
  }
  bool stopped() const override { return gateway_->stopped(); }
  void shut_down() override { gateway_->shut_down(); }

 private:
  std::string name_;
  std::unique_ptr<Contract> gateway_;
};

}  // namespace plumbline::gateway
