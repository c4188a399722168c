// Who a Pod is. A value; no I/O.
#pragma once

#include <string>

#include "model/ids.h"

namespace plumbline::pods {

struct Identity {
  ClusterId cluster;
  std::string space;
  std::string name;
  std::string uid;
  std::string version;  ///< of the Pod's label `version`; may be empty

  /// "cluster/namespace/name#uid": the Pod's name in histories and its answer's X-Pod header.
  std::string str() const { return cluster.str() + "/" + space + "/" + name + "#" + uid; }
};

}  // namespace plumbline::pods
