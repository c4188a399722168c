// Whatever objects are admitted, the controllers get along with them: no exception leaves their work. Input: lines of
// KIND JSON (create it, or merge it into what is there) and -KIND NAME (delete it).
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/endpoints.h"
#include "simulator/kube/controllers/garbage_collector.h"
#include "simulator/kube/controllers/kubelet.h"
#include "simulator/kube/controllers/replica_sets.h"
#include "simulator/kube/controllers/service_accounts.h"
#include "simulator/kube/fake_runtime.h"
#include "simulator/kube/value/text.h"

namespace {

using namespace plumbline::kube;

constexpr int kWorkMax = 60;  ///< pieces of work after a change; a Deployment may ask for any number of Pods

std::string take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string taken(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return taken;
}

Store::Options options() {
  Store::Options chosen;
  chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
  return chosen;
}

struct Cluster {
  Cluster() {
    (void)operations.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}});
    (void)operations.create(KindId::kNode, "", {{"metadata", {{"name", "n1"}}}});
    work();
  }
  void work() {
    io.restart();
    for (int done = 0; done < kWorkMax && io.poll_one() > 0;) ++done;
  }
  void apply(const Kind& kind, const Value& object) {
    const ObjectKey key{kind.id, kind.namespaced ? "web" : "", object.at("metadata.name").string()};
    if (store.find(key)) {
      (void)operations.patch(key, PatchType::kMerge, object);
    } else {
      (void)operations.create(key.kind, key.space, object);
    }
  }

  boost::asio::io_context io;
  FakeRuntime runtime;
  Store store{options()};
  ServiceAdmission services{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations{store, services};
  EventRecorder recorder{operations};
  GarbageCollector collector{io, operations};
  ServiceAccounts accounts{io, operations, "the CA", [](const Object&, const Object&) { return std::string("token"); }};
  Deployments deployments{io, operations, recorder};
  ReplicaSets replica_sets{io, operations, recorder};
  Kubelet kubelet{io, operations, recorder, runtime, std::chrono::milliseconds(0)};
  EndpointsWriter endpoints{io, operations};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Cluster cluster;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  while (!rest.empty()) {
    const std::string line = take(rest, '\n');
    std::string_view words = line;
    const bool removes = words.starts_with('-');
    if (removes) words.remove_prefix(1);
    const Kind* kind = cluster.store.registry().find_named(take(words, ' '));
    if (kind == nullptr) continue;
    if (removes) {
      (void)cluster.operations.remove({kind->id, kind->namespaced ? "web" : "", std::string(words)});
    } else if (const auto object = read_text(words).value; object && object->is_object()) {
      cluster.apply(*kind, *object);
    }
    cluster.work();
  }
  return 0;
}
