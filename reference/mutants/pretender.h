// Says yes to every call of the contract and configures nothing: the suite's own controls.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "reference/control/contract.h"
#include "reference/core/routing/data_plane.h"
#include "reference/mutants/reached.h"
#include "reference/net/request_shaping.h"

namespace plumbline::gateway {

class Pretender : public Contract {
 public:
  /// `shaping` may answer requests by itself; without it every request gets 404. Both must outlive the pretender.
  Pretender(const Reached& reached, const RequestShaping* shaping) : reached_(reached), shaping_(shaping) {}

  boost::asio::awaitable<Reply> call(std::string method, nlohmann::json params) override;
  bool stopped() const override { return stopped_; }
  void shut_down() override;

 private:
  Reply hello(const nlohmann::json& params);

  const Reached& reached_;
  const RequestShaping* shaping_;
  std::unique_ptr<DataPlane> data_plane_;
  std::string address_;
  int made_ = 0;
  bool stopped_ = false;
};

}  // namespace plumbline::gateway
