// Puts what a world sees into its history: changes of objects, the audit log, hits and connection attempts in batches.
// Runs on the world's thread; all members must be called there.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/ids.h"
#include "simulator/kube/cluster.h"
#include "simulator/pods/journal.h"
#include "wire/history.h"

namespace plumbline::world {

inline constexpr std::size_t kBatchMax = 8192;  ///< hits or SYNs of one record

class Recorder {
 public:
  Recorder(std::function<std::int64_t()> now_us, pods::Journal& journal, wire::HistorySink& sink)
      : now_us_(std::move(now_us)), journal_(journal), sink_(sink) {}

  /// Pods, Services, Endpoints, Nodes and Deployments, trimmed to what checks ask; other kinds are left out.
  void change(const ClusterId& cluster, const kube::Change& change);
  void audit(const ClusterId& cluster, const kube::AuditEntry& entry);
  void syn(const wire::Syn& syn);
  /// Something that happened in the world by itself.
  void event(nlohmann::json details);
  /// Writes batches that are due.
  void flush_full();
  /// Writes everything that waits.
  void flush();

 private:
  std::function<std::int64_t()> now_us_;
  pods::Journal& journal_;
  wire::HistorySink& sink_;
  std::vector<wire::Syn> syns_;
};

/// The parts of an object that a history keeps; see recorder.cc for which.
nlohmann::json trimmed(const kube::Value& object);

}  // namespace plumbline::world
