#include "reference/core/admission/authorisation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

using testing::HasSubstr;
using Step = Grant::Step;

Grant grant() { return {ClusterId("cls-1"), PrincipalId("owner")}; }

/// Answers the steps before kToken.
void create_all(Grant& run) {
  for (int i = 0; i < 4; ++i) run.answered(201, "");
}

TEST(Grant, MakesAccountRoleBindingSecretAndReadsTheToken) {
  Grant run = grant();
  EXPECT_EQ(run.start().step, Step::kServiceAccount);
  EXPECT_EQ(run.answered(201, "").step, Step::kClusterRole);
  EXPECT_EQ(run.answered(201, "").step, Step::kBinding);
  EXPECT_EQ(run.answered(201, "").step, Step::kSecret);
  EXPECT_EQ(run.answered(201, "").step, Step::kToken);
  EXPECT_EQ(run.answered(200, "", "secret").step, Step::kDone);
  EXPECT_EQ(run.token(), "secret");
}

TEST(Grant, WhatExistsAlreadyIsKept) {
  Grant run = grant();
  EXPECT_EQ(run.answered(409, "").step, Step::kClusterRole);
  EXPECT_EQ(run.answered(409, "").step, Step::kBinding);
  EXPECT_EQ(run.answered(409, "").step, Step::kSecret);
  EXPECT_EQ(run.answered(409, "").step, Step::kSecret) << "another name is tried";
  EXPECT_EQ(run.answered(201, "").step, Step::kToken);
}

TEST(Grant, WithoutTheAdminRoleTheErrorNamesRoleAndCluster) {
  for (const int status : {401, 403}) {
    Grant run = grant();
    EXPECT_EQ(run.answered(status, "forbidden").step, Step::kFailed);
    EXPECT_EQ(run.error().reason, Reason::kPermissionDenied);
    EXPECT_EQ(run.error().object, "cls-1");
    EXPECT_THAT(run.error().text, HasSubstr("tke:admin"));
    EXPECT_THAT(run.error().text, HasSubstr("cls-1"));
  }
}

TEST(Grant, WaitsForTheTokenButNotForEver) {
  Grant run = grant();
  create_all(run);
  for (int i = 1; i < Grant::kTokenReadsMax; ++i) {
    EXPECT_EQ(run.answered(200, "", ""), (Grant::Next{Step::kToken, Grant::kTokenPause}));
  }
  EXPECT_EQ(run.answered(200, "", "").step, Step::kFailed);
  EXPECT_EQ(run.error().reason, Reason::kUnavailable);
}

TEST(Grant, AFailingOrSilentApiServerEndsIt) {
  Grant failing = grant();
  EXPECT_EQ(failing.answered(500, "boom").step, Step::kFailed);
  EXPECT_EQ(failing.error().reason, Reason::kUnavailable);
  Grant silent = grant();
  EXPECT_EQ(silent.unanswered("connect: timeout").step, Step::kFailed);
  EXPECT_THAT(silent.error().text, HasSubstr("intranet"));
  Grant names = grant();
  names.answered(201, "");
  names.answered(201, "");
  names.answered(201, "");
  for (int i = 1; i < Grant::kSecretNamesMax; ++i) EXPECT_EQ(names.answered(409, "").step, Step::kSecret);
  EXPECT_EQ(names.answered(409, "").step, Step::kFailed);
}

TEST(AuthorisationPolicy, OnlyARequiredGrantRefusesAndOnlyTheRequestersRightsAreUsed) {
  const AuthorisationPolicy policy;
  const ClusterId cluster("cls-1");
  EXPECT_FALSE(policy.may_use(cluster, Access::kRequired));
  EXPECT_TRUE(policy.may_use(cluster, Access::kAuthorized));
  EXPECT_TRUE(policy.may_use(cluster, Access::kUnreachable));
  EXPECT_THAT(policy.on_behalf_of(PrincipalId("guest"), {PrincipalId("owner"), PrincipalId("guest")}),
              testing::ElementsAre(PrincipalId("guest")));
  EXPECT_FALSE(policy.borrows_rights(cluster));
}

}  // namespace
}  // namespace plumbline::gateway
