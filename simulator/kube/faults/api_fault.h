// What can be wrong with a cluster's API server. Value types; ApiFaults carries them out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::kube {

enum class FaultKind : std::uint8_t {
  kDown,            ///< every connection is reset
  kNoIntranet,      ///< the intranet access is switched off: nobody listens there, and the cloud says so
  kTls,             ///< the handshake fails, as `tls` says
  kSlow,            ///< answers come `delay` later
  kHang,            ///< answers never come
  kRefuse,          ///< answers are `code` (429, 500, 503 ...), with Retry-After when `retry_after` is not 0
  kTokens,          ///< bearer tokens are no longer good
  kClockSkew,       ///< the cluster's clock is `delay` ahead (or behind, when negative)
  kStale,           ///< reads that may be old (resourceVersion=0) show what there was when the fault began
  kGone,            ///< watches, and lists from a resourceVersion, are 410
  kCompact,         ///< once: what watches could resume from is forgotten
  kWatchCut,        ///< once: open watches end
  kWatchMute,       ///< open watches say nothing until this is healed
  kWatchDelay,      ///< events come `delay` later
  kWatchDuplicate,  ///< events come twice, a `share` of them
  kDeleteAfterList  ///< once: `object` is deleted when the next list of its kind has been answered, before a watch
};

enum class TlsFault : std::uint8_t { kReset, kUnknownAuthority, kExpired, kWrongName };

struct ApiFault {
  FaultKind kind = FaultKind::kDown;
  std::chrono::milliseconds delay{0};
  int code = 503;
  std::chrono::seconds retry_after{0};
  double share = 1;  ///< of requests or events, chosen by the cluster's seed
  TlsFault tls = TlsFault::kUnknownAuthority;
  // Which requests and watches are meant; empty is all.
  std::vector<std::string> verbs, resources;
  std::string user;
  /// Of kDeleteAfterList: resource ("pods"), namespace and name.
  std::string object_resource, object_space, object_name;
  std::optional<std::chrono::milliseconds> lasts;  ///< until it is healed when not given
};

/// "down", "watch-mute": as scenarios and the command line say it.
std::string_view to_string(FaultKind kind);
std::optional<FaultKind> fault_kind(std::string_view name);
/// Every name, in the order of the enum.
std::vector<std::string_view> fault_kinds();
std::string_view to_string(TlsFault fault);
std::optional<TlsFault> tls_fault(std::string_view name);
std::vector<std::string_view> tls_faults();
/// What requests can be, to a fault that is about some: "get", "list" ...
std::vector<std::string_view> fault_verbs();
/// Sets what kDeleteAfterList deletes, written resource/namespace/name. False when it is not.
bool set_deleted(ApiFault& fault, std::string_view object);

/// What is wrong with a setting, in words that follow its name. The setting is written as in scenarios ("retryAfter").
struct FaultMistake {
  std::string setting, text;
};
/// Why the fault makes no sense; empty when it does.
std::vector<FaultMistake> mistakes_in(const ApiFault& fault);
/// Also those of the settings `given` that a fault of this kind makes nothing of; each setting is named once.
std::vector<FaultMistake> mistakes_in(const ApiFault& fault, const std::vector<std::string>& given);

/// A fault that was begun and has not ended.
struct LastingFault {
  ApiFault fault;
  std::optional<std::chrono::steady_clock::time_point> ends;  ///< by itself
};

}  // namespace plumbline::kube
