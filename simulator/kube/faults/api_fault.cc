#include "simulator/kube/faults/api_fault.h"

#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::pair<FaultKind, std::string_view> kKinds[] = {{FaultKind::kDown, "down"},
                                                             {FaultKind::kNoIntranet, "no-intranet"},
                                                             {FaultKind::kTls, "tls"},
                                                             {FaultKind::kSlow, "slow"},
                                                             {FaultKind::kHang, "hang"},
                                                             {FaultKind::kRefuse, "refuse"},
                                                             {FaultKind::kTokens, "tokens"},
                                                             {FaultKind::kClockSkew, "clock-skew"},
                                                             {FaultKind::kStale, "stale"},
                                                             {FaultKind::kGone, "gone"},
                                                             {FaultKind::kCompact, "compact"},
                                                             {FaultKind::kWatchCut, "watch-cut"},
                                                             {FaultKind::kWatchMute, "watch-mute"},
                                                             {FaultKind::kWatchDelay, "watch-delay"},
                                                             {FaultKind::kWatchDuplicate, "watch-duplicate"},
                                                             {FaultKind::kDeleteAfterList, "delete-after-list"}};

constexpr std::pair<TlsFault, std::string_view> kTlsFaults[] = {{TlsFault::kUnknownAuthority, "unknown-authority"},
                                                                {TlsFault::kReset, "reset"},
                                                                {TlsFault::kExpired, "expired"},
                                                                {TlsFault::kWrongName, "wrong-name"}};

template <typename Enum, std::size_t count>
std::string_view name_in(const std::pair<Enum, std::string_view> (&table)[count], Enum wanted) {
  for (const auto& [value, name] : table)
    if (value == wanted) return name;
  return "?";
}

template <typename Enum, std::size_t count>
std::optional<Enum> value_in(const std::pair<Enum, std::string_view> (&table)[count], std::string_view wanted) {
  for (const auto& [value, name] : table)
    if (name == wanted) return value;
  return std::nullopt;
}

template <typename Enum, std::size_t count>
std::vector<std::string_view> names_in(const std::pair<Enum, std::string_view> (&table)[count]) {
  std::vector<std::string_view> names;
  for (const auto& [_, name] : table) names.push_back(name);
  return names;
}

}  // namespace

std::string_view to_string(FaultKind kind) { return name_in(kKinds, kind); }
std::optional<FaultKind> fault_kind(std::string_view name) { return value_in(kKinds, name); }
std::string_view to_string(TlsFault fault) { return name_in(kTlsFaults, fault); }
std::optional<TlsFault> tls_fault(std::string_view name) { return value_in(kTlsFaults, name); }

std::vector<std::string_view> fault_kinds() { return names_in(kKinds); }
std::vector<std::string_view> tls_faults() { return names_in(kTlsFaults); }

bool set_deleted(ApiFault& fault, std::string_view object) {
  const std::size_t first = object.find('/');
  const std::size_t second = first == std::string_view::npos ? first : object.find('/', first + 1);
  if (second == std::string_view::npos || object.find('/', second + 1) != std::string_view::npos) return false;
  fault.object_resource = object.substr(0, first);
  fault.object_space = object.substr(first + 1, second - first - 1);
  fault.object_name = object.substr(second + 1);
  return true;
}

std::string mistake_in(const ApiFault& fault) {
  if (!(fault.share > 0 && fault.share <= 1)) return "share must be above 0 and at most 1";
  const bool delays = fault.kind == FaultKind::kSlow || fault.kind == FaultKind::kWatchDelay;
  if (delays && fault.delay.count() <= 0) return "delay must be longer than 0";
  if (fault.kind == FaultKind::kClockSkew && fault.delay.count() == 0) return "delay says how far the clock is off";
  if (fault.kind == FaultKind::kRefuse && (fault.code < 400 || fault.code > 599)) return "code must be from 400 to 599";
  if (fault.kind == FaultKind::kDeleteAfterList && (fault.object_resource.empty() || fault.object_name.empty()))
    return "object must name what is deleted";
  if (fault.lasts.count() < 0) return "a fault cannot last less than no time";
  return {};
}

}  // namespace plumbline::kube
