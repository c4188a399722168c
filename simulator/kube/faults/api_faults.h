// Makes trouble for the clients of one API server, as it is told to: stands between the transport and the server.
// What it draws, it draws from the cluster's seed. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "simulator/kernel/random.h"
#include "simulator/kube/api/operations.h"
#include "simulator/kube/faults/api_fault.h"
#include "simulator/kube/http/api_server.h"

namespace plumbline::kube {

class ApiFaults {
 public:
  /// What of the cluster a fault changes beyond its requests.
  struct Hooks {
    std::function<void(bool down)> down;
    std::function<void(bool off)> intranet;
    std::function<void(std::optional<TlsFault>)> tls;
    std::function<void(std::chrono::milliseconds)> clock_skew;
  };

  /// All must outlive this.
  ApiFaults(boost::asio::io_context& io, Operations& operations, ApiServer& api, kernel::Random random, Hooks hooks);
  ~ApiFaults();
  ApiFaults(const ApiFaults&) = delete;
  ApiFaults& operator=(const ApiFaults&) = delete;

  /// The first resource of the fault that no request can be about, with a suggestion: "'podz'; did you mean 'pods'?".
  /// "" when all can.
  std::string unserved(const ApiFault& fault) const;
  /// Begins it; one of its kind that lasts is replaced, and returned. Requires that mistakes_in() finds none.
  std::vector<ApiFault> inject(const ApiFault& fault);
  /// Ends one kind, or all; what ended.
  std::vector<ApiFault> heal(std::optional<FaultKind> kind = std::nullopt);
  bool lasts(FaultKind kind) const { return active_.contains(kind); }
  /// All that last, in the order of their kinds.
  std::vector<LastingFault> lasting() const;

  /// Carries a request out as well as the faults let it.
  void handle(HttpRequest request, const std::function<void(Reply)>& respond);

 private:
  struct Active {
    ApiFault fault;
    std::uint64_t since = 0;   ///< resourceVersion
    std::uint64_t number = 0;  ///< which of all that were begun
    std::unique_ptr<boost::asio::steady_timer> end;
  };

  void begin(const ApiFault& fault);
  void end(const ApiFault& fault);
  const Active* concerned(FaultKind kind, const Attributes& asked, const std::string& user);
  void trouble(const Watches::Watcher& watcher);
  void trouble_all();
  void release_later();
  void answer(const HttpRequest& request, const Target& target, const Attributes& asked,
              const std::function<void(Reply)>& respond);
  void after(std::chrono::milliseconds delay, std::function<void()> then);
  void delete_after_list(const Attributes& asked);

  boost::asio::io_context& io_;
  Operations& operations_;
  Store& store_;
  ApiServer& api_;
  kernel::Random random_;
  Hooks hooks_;
  std::map<FaultKind, Active> active_;
  std::uint64_t begun_ = 0;
  boost::asio::steady_timer release_;
  bool releasing_ = false;            ///< it is waited for
  std::shared_ptr<ApiFaults*> self_;  ///< what late timers find empty after destruction
};

}  // namespace plumbline::kube
