// The words of refusals, as a real API server has them.
#include "simulator/kube/store/failure.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

const Registry kRegistry;
const Kind& kServices = kRegistry.kind(KindId::kService);
const Kind& kDeployments = kRegistry.kind(KindId::kDeployment);

TEST(Failure, IsAStatus) {
  EXPECT_EQ(not_found(kDeployments, "d").status(), value_of(R"({"kind":"Status","apiVersion":"v1","metadata":{},
    "status":"Failure","message":"deployments.apps \"d\" not found","reason":"NotFound",
    "details":{"name":"d","group":"apps","kind":"deployments"},"code":404})"));
  EXPECT_EQ(bad_request("why").status(), value_of(R"({"kind":"Status","apiVersion":"v1","metadata":{},
    "status":"Failure","message":"why","reason":"BadRequest","code":400})"));
}

TEST(Failure, NamesTheObjectInTheStandardWords) {
  EXPECT_EQ(already_exists(kServices, "s").message, "services \"s\" already exists");
  EXPECT_EQ(conflict(kServices, "s").message,
            "Operation cannot be fulfilled on services \"s\": the object has been modified; please apply your changes "
            "to the latest version and try again");
  EXPECT_EQ(forbidden(kServices, "s", "no").message, "services \"s\" is forbidden: no");
  EXPECT_EQ(forbidden(kServices, "", "no").message, "services is forbidden: no");
}

TEST(Failure, InvalidListsEveryCause) {
  const Failure one = invalid(kDeployments, "d", {{"FieldValueRequired", "Required value", "spec.selector"}});
  EXPECT_EQ(one.message, "Deployment.apps \"d\" is invalid: spec.selector: Required value");
  EXPECT_EQ(one.details, value_of(R"({"name":"d","group":"apps","kind":"Deployment","causes":[
    {"reason":"FieldValueRequired","message":"Required value","field":"spec.selector"}]})"));
  const Failure two = invalid(kServices, "s",
                              {{"FieldValueRequired", "Required value", "spec.ports"},
                               {"FieldValueInvalid", "Invalid value: 1: no", "spec.x"}});
  EXPECT_EQ(two.message, "Service \"s\" is invalid: [spec.ports: Required value, spec.x: Invalid value: 1: no]");
  EXPECT_EQ(two.details["causes"].size(), 2u);
}

}  // namespace
}  // namespace plumbline::kube
