// How `plumbline-sim exec` reaches a world that `plumbline-sim up` keeps: an abstract Unix socket of the host's network
// namespace, one message each way. The answer carries the world's namespaces as descriptors. Only the same user may
// ask.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/error.h"
#include "simulator/network/descriptor.h"

namespace plumbline::program {

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

/// Answers one question on `listener`: `net_of` gives the network namespace of a VPC or instance by name.
/// Called when `listener` is readable; what goes wrong is the asker's business.
void answer_control(int listener, const std::function<Result<int>(const std::string&)>& net_of);

/// Asks world `name` for the places of a VPC or instance. kNotFound: no such world is up, or nothing of that name is in
/// it; kUnavailable.
Result<Places> ask_control(const std::string& name, const std::string& place);

/// Worlds of this user that are up.
std::vector<std::string> worlds_up();

}  // namespace plumbline::program
