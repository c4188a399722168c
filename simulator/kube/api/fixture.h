// Operations on a store with a namespace `web`, for tests. For tests only.
#pragma once

#include <string>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {

class OperationsTest : public StoreTest {
 protected:
  OperationsTest() { create(KindId::kNamespace, "", R"({"metadata":{"name":"web"}})"); }

  ObjectPtr create(KindId kind, const std::string& space, std::string_view text, const WriteOptions& options = {}) {
    const auto created = operations_.create(kind, space, value_of(text), options);
    EXPECT_TRUE(created) << text << ": " << created.error().message;
    return created ? *created : nullptr;
  }
  Failure refused(KindId kind, const std::string& space, std::string_view text, const WriteOptions& options = {}) {
    const auto created = operations_.create(kind, space, value_of(text), options);
    EXPECT_FALSE(created) << text;
    return created ? Failure{} : created.error();
  }
  ObjectPtr patch(const ObjectKey& key, const Value& change, const WriteOptions& options = {}) {
    const auto patched = operations_.patch(key, PatchType::kMerge, change, options);
    EXPECT_TRUE(patched) << to_text(change) << ": " << patched.error().message;
    return patched ? *patched : nullptr;
  }

  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
};

}  // namespace plumbline::kube
