// Controls of the suite: a gateway without mutation, variants that are as good, and two that are no gateways at all.
#include "reference/mutants/policy_mutant.h"
#include "reference/mutants/pretender.h"

namespace plumbline::gateway {
namespace {

struct Always200 : RequestShaping {
  std::optional<MadeUpAnswer> answer(const ShapedRequest&) const override {
    return MadeUpAnswer{200, "application/json", "{}"};
  }
};

std::function<void(Assembly&)> pretend(const std::function<std::unique_ptr<RequestShaping>()>& make_shaping) {
  return [make_shaping](Assembly& assembly) {
    assembly.shaping = make_shaping();
    const RequestShaping* shaping = assembly.shaping.get();
    const Reached& reached = assembly.reached;
    assembly.contract = [shaping, &reached](const boost::asio::any_io_executor&) {
      return std::make_unique<Pretender>(reached, shaping);
    };
  };
}

}  // namespace

void add_controls(std::vector<Mutant>& mutants) {
  mutants.push_back({"identity", kControl, "nothing is swapped", [](Assembly&) {}});
  mutants.push_back({"do-nothing", kControl, "says yes to every call and serves nothing",
                     pretend([] { return std::make_unique<RequestShaping>(); })});
  mutants.push_back({"always-200", kControl, "says yes to every call and answers every request itself",
                     pretend([] { return std::make_unique<Always200>(); })});
  mutants.push_back({"harmless-two-workers", kHarmless, "two workers, each with a balancer of its own",
                     [](Assembly& assembly) { assembly.workers = 2; }});
}

}  // namespace plumbline::gateway
