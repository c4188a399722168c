#include "simulator/kube/faults/fault_json.h"

#include <fmt/format.h>

namespace plumbline::kube {

nlohmann::json to_json(const ApiFault& fault) {
  nlohmann::json out{{"is", to_string(fault.kind)}};
  if (fault.delay.count() != 0) out["delayMs"] = fault.delay.count();
  if (fault.kind == FaultKind::kRefuse) out["code"] = fault.code;
  if (fault.kind == FaultKind::kTls) out["tls"] = to_string(fault.tls);
  if (fault.retry_after.count() != 0) out["retryAfterS"] = fault.retry_after.count();
  if (fault.share != 1) out["share"] = fault.share;
  if (!fault.verbs.empty()) out["verbs"] = fault.verbs;
  if (!fault.resources.empty()) out["resources"] = fault.resources;
  if (!fault.user.empty()) out["user"] = fault.user;
  if (!fault.object_name.empty())
    out["deletes"] = fmt::format("{}/{}/{}", fault.object_resource, fault.object_space, fault.object_name);
  if (fault.lasts) out["forMs"] = fault.lasts->count();
  return out;
}

std::optional<ApiFault> fault_from_json(const nlohmann::json& json) {
  try {
    const auto kind = fault_kind(json.at("is").get<std::string>());
    const auto tls = tls_fault(json.value("tls", std::string(to_string(TlsFault::kUnknownAuthority))));
    if (!kind || !tls) return std::nullopt;
    ApiFault fault;
    fault.kind = *kind;
    fault.tls = *tls;
    fault.delay = std::chrono::milliseconds(json.value("delayMs", std::int64_t{0}));
    fault.code = json.value("code", fault.code);
    fault.retry_after = std::chrono::seconds(json.value("retryAfterS", std::int64_t{0}));
    fault.share = json.value("share", 1.0);
    fault.verbs = json.value("verbs", fault.verbs);
    fault.resources = json.value("resources", fault.resources);
    fault.user = json.value("user", fault.user);
    if (json.contains("deletes") && !set_deleted(fault, json.at("deletes").get<std::string>())) return std::nullopt;
    if (json.contains("forMs")) fault.lasts = std::chrono::milliseconds(json.at("forMs").get<std::int64_t>());
    if (!mistakes_in(fault).empty()) return std::nullopt;
    return fault;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace plumbline::kube
