// Removes what has lost its owners, holds owners that are deleted in the foreground until their dependents are gone,
// and empties namespaces that are being deleted. One thread.
#pragma once

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

class GarbageCollector {
 public:
  GarbageCollector(boost::asio::io_context& io, Operations& operations);

 private:
  void on_event(const Event& event);
  void sync(const ObjectKey& key);
  void drop_absent_owners(const ObjectPtr& object);
  void disown(const ObjectPtr& dependent, const Object& owner);
  void finish_namespace(const ObjectKey& space);
  void finish_foreground(const ObjectPtr& owner);
  void finish_orphaning(const ObjectPtr& owner);
  void drop_finalizer(const ObjectKey& key, std::string_view finalizer);
  void empty_namespace(const ObjectKey& space);

  Operations& operations_;
  Store& store_;
  std::set<std::string> emptying_;  ///< uids of namespaces whose contents were told to go
  WorkQueue queue_;
  Store::Subscription events_;
};

}  // namespace plumbline::kube
