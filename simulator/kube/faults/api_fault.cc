#include "simulator/kube/faults/api_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "model/nearest.h"

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

constexpr std::string_view kVerbs[] = {"get",    "list",  "watch",  "create",
                                       "update", "patch", "delete", "deletecollection"};
constexpr std::pair<TlsFault, std::string_view> kTlsFaults[] = {{TlsFault::kUnknownAuthority, "unknown-authority"},
                                                                {TlsFault::kReset, "reset"},
                                                                {TlsFault::kExpired, "expired"},
                                                                {TlsFault::kWrongName, "wrong-name"}};

/// Beyond "for".
std::vector<std::string_view> settings_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kDown:
    case FaultKind::kNoIntranet:
      return {};
    case FaultKind::kTls:
      return {"tls"};
    case FaultKind::kSlow:
      return {"delay", "share", "verbs", "resources", "user"};
    case FaultKind::kHang:
    case FaultKind::kTokens:
    case FaultKind::kGone:
      return {"share", "verbs", "resources", "user"};
    case FaultKind::kRefuse:
      return {"code", "retryAfter", "share", "verbs", "resources", "user"};
    case FaultKind::kClockSkew:
      return {"delay", "behind"};
    case FaultKind::kStale:
    case FaultKind::kWatchDuplicate:
      return {"share", "resources", "user"};
    case FaultKind::kCompact:
      return {};
    case FaultKind::kWatchCut:
    case FaultKind::kWatchMute:
      return {"resources", "user"};
    case FaultKind::kWatchDelay:
      return {"delay", "resources", "user"};
    case FaultKind::kDeleteAfterList:
      return {"deletes"};
  }
  return {};
}

bool happens_once(FaultKind kind) { return kind == FaultKind::kCompact || kind == FaultKind::kWatchCut; }

bool makes_use_of(FaultKind kind, std::string_view setting) {
  if (setting == "for") return !happens_once(kind);
  const auto settings = settings_of(kind);
  return std::find(settings.begin(), settings.end(), setting) != settings.end();
}

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

/// Those of the settings `given` that a fault of this kind makes nothing of.
std::vector<FaultMistake> unused_by(FaultKind kind, const std::vector<std::string>& given) {
  std::vector<FaultMistake> found;
  const auto is_given = [&](const char* setting) {
    return std::find(given.begin(), given.end(), setting) != given.end();
  };
  for (const std::string& setting : given) {
    if (makes_use_of(kind, setting)) continue;
    if (setting == "for") {
      found.push_back({setting, fmt::format("means nothing to {}, which happens once", to_string(kind))});
      continue;
    }
    std::vector<std::string_view> users;
    for (const auto& [other, name] : kKinds)
      if (makes_use_of(other, setting)) users.push_back(name);
    found.push_back(
        {setting, fmt::format("means nothing to {}; it is for {}", to_string(kind), fmt::join(users, ", "))});
  }
  if (makes_use_of(kind, "behind") && is_given("delay") && is_given("behind"))
    found.push_back({"behind", "cannot be: the clock is ahead already"});
  return found;
}

}  // namespace

std::string_view to_string(FaultKind kind) { return name_in(kKinds, kind); }
std::optional<FaultKind> fault_kind(std::string_view name) { return value_in(kKinds, name); }
std::string_view to_string(TlsFault fault) { return name_in(kTlsFaults, fault); }
std::optional<TlsFault> tls_fault(std::string_view name) { return value_in(kTlsFaults, name); }

std::vector<std::string_view> fault_kinds() { return names_in(kKinds); }
std::vector<std::string_view> tls_faults() { return names_in(kTlsFaults); }
std::vector<std::string_view> fault_verbs() { return {std::begin(kVerbs), std::end(kVerbs)}; }

bool set_deleted(ApiFault& fault, std::string_view object) {
  const std::size_t first = object.find('/');
  const std::size_t second = first == std::string_view::npos ? first : object.find('/', first + 1);
  if (second == std::string_view::npos || object.find('/', second + 1) != std::string_view::npos) return false;
  fault.object_resource = object.substr(0, first);
  fault.object_space = object.substr(first + 1, second - first - 1);
  fault.object_name = object.substr(second + 1);
  return true;
}

std::vector<FaultMistake> mistakes_in(const ApiFault& fault) {
  std::vector<FaultMistake> found;
  if (!(fault.share > 0 && fault.share <= 1)) found.push_back({"share", "must be above 0% and at most 100%"});
  const bool delays = fault.kind == FaultKind::kSlow || fault.kind == FaultKind::kWatchDelay;
  if (delays && fault.delay.count() <= 0) found.push_back({"delay", "must be given, and be longer than 0"});
  if (fault.kind == FaultKind::kClockSkew && fault.delay.count() == 0)
    found.push_back({"delay", "must say how far the clock is ahead, unless it is behind"});
  if (fault.kind == FaultKind::kRefuse && (fault.code < 400 || fault.code > 599))
    found.push_back({"code", "must be from 400 to 599"});
  if (fault.kind == FaultKind::kDeleteAfterList && (fault.object_resource.empty() || fault.object_name.empty()))
    found.push_back({"deletes", "must name an object: pods/default/web-0"});
  for (const std::string& verb : fault.verbs)
    if (std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs))
      found.push_back(
          {"verbs", fmt::format("cannot be '{}'{}", verb, suggestion(verb, {std::begin(kVerbs), std::end(kVerbs)}))});
  if (fault.lasts && fault.lasts->count() <= 0) found.push_back({"for", "must be longer than 0"});
  return found;
}

std::vector<FaultMistake> mistakes_in(const ApiFault& fault, const std::vector<std::string>& given) {
  std::vector<FaultMistake> found = unused_by(fault.kind, given);
  for (FaultMistake& mistake : mistakes_in(fault)) {
    const bool is_told = std::any_of(found.begin(), found.end(),
                                     [&](const FaultMistake& told) { return told.setting == mistake.setting; });
    if (!is_told) found.push_back(std::move(mistake));
  }
  return found;
}

}  // namespace plumbline::kube
