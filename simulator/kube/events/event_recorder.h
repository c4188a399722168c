// Writes Events, the objects by which a cluster tells people what it did. What is told again is counted in the Event
// that there is; what is similar is told as one; floods are cut: as client-go's recorder does it (docs/decisions/0017).
// Nobody's decision may depend on an Event. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/events/event_source.h"
#include "simulator/kube/events/recent.h"

namespace plumbline::kube {

/// Of one source, reason and object that many different messages are told one by one within kSimilarSpan; further ones
/// share an Event.
inline constexpr std::size_t kSimilarMax = 10;
inline constexpr std::chrono::seconds kSimilarSpan{600};
/// Of one source and object that many Events are written at once, and then one in kObjectRefill.
inline constexpr double kObjectBurst = 25;
inline constexpr std::chrono::seconds kObjectRefill{300};
/// Of one component (all kubelets are one) that many at once, and then so many a second; further ones are lost, as real
/// ones lose what their queues of 1000 do not hold.
inline constexpr double kComponentBurst = 1000;
inline constexpr double kComponentRate = 50;
/// Keys that are remembered: what was told last.
inline constexpr std::size_t kRemembered = 4096;

class EventRecorder {
 public:
  /// `operations` must outlive this.
  explicit EventRecorder(Operations& operations);

  /// What an Event is about. `field` is a part of it: "spec.containers{web}".
  Value about(const Object& object, std::string_view field = {}) const;

  // Tells of something. Refusals are nobody's business: a namespace that is going takes no Events.
  void normal(const EventSource& source, const Value& about, std::string_view reason, std::string_view message);
  /// `field` is as in about().
  void normal(const EventSource& source, const Object& object, std::string_view reason, std::string_view message,
              std::string_view field = {});
  void warning(const EventSource& source, const Value& about, std::string_view reason, std::string_view message);
  void warning(const EventSource& source, const Object& object, std::string_view reason, std::string_view message,
               std::string_view field = {});
  /// As schedulers tell, by the newer interface: `action` is what was tried ("Binding"); nothing is correlated.
  void scheduling(const Object& pod, bool warning, std::string_view reason, std::string_view action,
                  std::string_view message);

 private:
  using Moment = std::chrono::system_clock::time_point;
  /// So many at once, then a steady few.
  struct Bucket {
    double tokens = -1;  ///< none was taken yet
    Moment at;
  };
  struct Similar {
    std::set<std::string, std::less<>> messages;
    Moment last;
  };
  struct Told {
    std::int64_t count = 0;
    std::string name;
    Value first;  ///< firstTimestamp
  };

  void tell(const EventSource& source, const Value& about, bool warning, std::string_view reason,
            std::string_view message);
  static void refill(Bucket& bucket, Moment now, double most, double per_second);
  /// False when the component has told too much lately, or nobody would keep it.
  bool may_tell(const EventSource& source, std::string_view space);
  std::string event_name(std::string_view object);
  void create(const EventSource& source, Value event);

  Operations& operations_;
  Store& store_;
  std::unordered_map<std::string_view, Bucket> components_;
  std::unordered_map<std::string, Value> owned_;  ///< the entry in managedFields of each form of Events
  Recent<Similar> similar_{kRemembered};
  Recent<Told> told_{kRemembered};
  Recent<Bucket> objects_{kRemembered};
  std::int64_t last_nanos_ = 0;  ///< of the youngest name
};

}  // namespace plumbline::kube
