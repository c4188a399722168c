// CustomResourceDefinitions: checks them, serves the kinds that they describe, says so in their status, and empties a
// kind before its definition goes. Conversions between versions change apiVersion alone. One thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

/// While it is there, objects of the kind may be; then the definition goes.
inline constexpr const char* kCleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/// Whether they are only served, or also written to: their status, finalizer and clean-up.
enum class DefinitionsWrite { kAll, kNothing };

class Definitions {
 public:
  /// All must outlive this.
  Definitions(boost::asio::io_context& io, Operations& operations, DefinitionsWrite writes = DefinitionsWrite::kAll);

 private:
  Outcome<void> check(const Value& definition, const Object* current) const;
  void on_definition(const Event& event);
  void serve(const Object& definition);
  void sync(const ObjectKey& key);
  void write_status(const ObjectPtr& definition);
  void clean_up(const ObjectPtr& definition);

  Operations& operations_;
  Store& store_;
  DefinitionsWrite writes_;
  std::deque<TypeSet> types_;                          ///< of every description that was ever served
  std::map<std::string, KindId, std::less<>> served_;  ///< by the definition's name
  WorkQueue queue_;
  Store::Subscription definitions_, all_;
};

}  // namespace plumbline::kube
