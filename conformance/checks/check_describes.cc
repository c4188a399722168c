#include <algorithm>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

/// Takes away what the candidate does not offer; both sides alike.
void leave_out_undeclared(const CheckContext& context, Tunnel& tunnel) {
  if (!context.offers("tags")) tunnel.tags.clear();
  if (!context.offers("host-header")) tunnel.host.reset();
  if (!context.offers("retries")) tunnel.retries.reset();
  for (TunnelService& service : tunnel.services) {
    if (!context.offers("extra-labels")) service.labels.clear();
    if (!context.offers("weights")) service.weight = Weight{};
  }
}

}  // namespace

Finding check_describes(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "outcome");
  if (step == nullptr) return why;
  const ControlRecord* call = nullptr;
  for (const ControlRecord& control : context.history().controls) {
    if (control.step == step->index && control.method == "tunnel.describe") call = &control;
  }
  if (call == nullptr) return Finding::harness_error(fmt::format("'{}' asked for no description", step->as));
  if (!call->result) {
    if (!call->silent.empty()) return context.why_missing("the description");
    Finding finding = Finding::fail("the tunnel could not be described", "what was sent", step->error);
    finding.show(call->t, call->line, step->error);
    return finding;
  }
  std::string tunnel;
  if (const auto* steps = member(context.plan(), "steps"); steps != nullptr && steps->is_array() && step->index >= 0 &&
                                                           static_cast<std::size_t>(step->index) < steps->size()) {
    tunnel = text_of(steps->at(static_cast<std::size_t>(step->index)), "tunnel");
  }
  auto sent = context.history().truth.definition(tunnel, call->t);
  if (!sent) return context.why_missing(fmt::format("an accepted tunnel '{}'", tunnel));
  auto described = wire::tunnel_from_json(*call->result);
  Finding finding = Finding::fail("", wire::to_json(*sent).dump(), call->result->dump());
  finding.show(call->t, call->line, call->result->dump());
  if (!described) {
    finding.sentence = "the description is not of the contract's form: " + described.error().text;
    return finding;
  }
  leave_out_undeclared(context, *sent);
  leave_out_undeclared(context, *described);
  const auto expected = wire::to_json(*sent);
  const auto got = wire::to_json(*described);
  const auto only = texts_of(arguments, "fields");
  std::vector<std::string> lost;
  for (const char* field : {"name", "type", "region", "vpc", "services", "backend", "tags", "retries"}) {
    if (!only.empty() && std::find(only.begin(), only.end(), field) == only.end()) continue;
    if (expected.value(field, nlohmann::json()) != got.value(field, nlohmann::json())) lost.emplace_back(field);
  }
  if (lost.empty()) return Finding::pass("the description gave back what was sent");
  finding.sentence = fmt::format("the description differs in {}", some_of(lost));
  nlohmann::json was = nlohmann::json::object(), is = nlohmann::json::object();
  for (const auto& field : lost) {
    was[field] = expected.value(field, nlohmann::json());
    is[field] = got.value(field, nlohmann::json());
  }
  finding.expected = was.dump();
  finding.seen = is.dump();
  return finding;
}

}  // namespace plumbline::conformance
