// How `plumbline-sim exec`, `fault`, `heal`, `node`, `record` and `status` reach a world that `plumbline-sim up` keeps:
// an abstract Unix socket of the host's network namespace, one message each way. A place is asked for by its name, and
// the answer carries the world's namespaces as descriptors; an order is a JSON object. Only the same user may ask.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/error.h"
#include "simulator/network/descriptor.h"

namespace plumbline::program {

inline constexpr std::size_t kMessageBytesMax = std::size_t{64} * 1024;

/// Namespaces to enter, in the order in which they are entered.
struct Places {
  network::Descriptor user;
  network::Descriptor mount;
  network::Descriptor ipc;
  network::Descriptor net;
  network::Descriptor pid;
};

/// The listening socket of world `name`. kInUse when a world of that name is up already; kUnavailable.
Result<network::Descriptor> open_control(const std::string& name);

/// What a world that is up does for who asks.
struct ControlHands {
  /// Network namespace of a VPC or instance.
  std::function<Result<int>(const std::string& place)> net_of;
  /// Does to the world what is wanted, and says what is to be known of it; `passed` is what came with the order, or
  /// nothing valid.
  std::function<Result<std::string>(const nlohmann::json& order, network::Descriptor passed)> carry_out;
};
/// Answers one question on `listener`. Called when it is readable; what goes wrong is the asker's business.
void answer_control(int listener, const ControlHands& hands);

/// Asks world `name` for the places of a VPC or instance. kNotFound: no such world is up, or nothing of that name is in
/// it; kUnavailable.
Result<Places> ask_control(const std::string& name, const std::string& place);

/// Has world `name` carry an order out, and passes a descriptor with it if there is one; what it says to that.
/// kNotFound: no such world is up;
/// kInvalidValue: an order longer than kMessageBytesMax; else what the world says, or that it would be longer.
Result<std::string> order_control(const std::string& name, const nlohmann::json& order, int passed = -1);

/// Worlds of this user that are up.
std::vector<std::string> worlds_up();

}  // namespace plumbline::program
