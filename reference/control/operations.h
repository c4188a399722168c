// The contract's methods as JSON in, JSON out (docs/candidate-contract.md, Methods). Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "reference/control/contract.h"
#include "reference/control/gateway.h"
#include "reference/control/notifier.h"
#include "reference/control/policies.h"

namespace plumbline::gateway {

class Operations : public Contract {
 public:
  /// A request is given up after this long, before the contract's own deadline of 10 s.
  static constexpr std::chrono::milliseconds kRequestTimeMax{9000};

  Operations(boost::asio::any_io_executor executor, unsigned workers, const Policies& policies,
             MakeDataPlane make_data_plane, Notifier& notifier);
  ~Operations() override;

  /// Carries out one request. Unknown methods give -32601, wrong types of `as` or ids -32602, refusals -32000.
  boost::asio::awaitable<Reply> call(std::string method, nlohmann::json params) override;
  bool stopped() const override { return stopped_; }
  void shut_down() override;

  /// What `hello` answers, for `workers` threads.
  static wire::HelloResult introduction(unsigned workers);

 private:
  using Handler = boost::asio::awaitable<Reply> (Operations::*)(const nlohmann::json& params);
  static const std::map<std::string, Handler, std::less<>>& handlers();

  boost::asio::awaitable<Reply> hello(const nlohmann::json& params);
  boost::asio::awaitable<Reply> tunnel_create(const nlohmann::json& params);
  boost::asio::awaitable<Reply> tunnel_modify(const nlohmann::json& params);
  boost::asio::awaitable<Reply> tunnel_describe(const nlohmann::json& params);
  boost::asio::awaitable<Reply> tunnel_list(const nlohmann::json& params);
  boost::asio::awaitable<Reply> tunnel_delete(const nlohmann::json& params);
  boost::asio::awaitable<Reply> cluster_authorize(const nlohmann::json& params);
  boost::asio::awaitable<Reply> cluster_describe(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_service_create(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_service_delete(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_create(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_modify(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_describe(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_delete(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_release(const nlohmann::json& params);
  boost::asio::awaitable<Reply> api_unrelease(const nlohmann::json& params);
  boost::asio::awaitable<Reply> status(const nlohmann::json& params);
  boost::asio::awaitable<Reply> reset(const nlohmann::json& params);
  boost::asio::awaitable<Reply> stop(const nlohmann::json& params);

  boost::asio::any_io_executor executor_;
  unsigned workers_;
  Policies policies_;
  MakeDataPlane make_data_plane_;
  Notifier& notifier_;
  std::unique_ptr<Gateway> gateway_;  ///< from hello on
  bool stopped_ = false;
};

}  // namespace plumbline::gateway
