// Who may do what (rbac, authorization, authentication), what may be disturbed (policy), who leads (coordination).
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view policy_types() {
  return R"types(
Role "Rights within a namespace."
  metadata ObjectMeta
  rules []PolicyRule atomic
ClusterRole "Rights everywhere, or to be given within namespaces by RoleBindings."
  metadata ObjectMeta
  rules []PolicyRule atomic
  aggregationRule AggregationRule
AggregationRule
  clusterRoleSelectors []LabelSelector atomic
PolicyRule "Verbs that are allowed on resources, or on paths."
  verbs []string atomic !
  apiGroups []string atomic "An empty word is the core group."
  resources []string atomic
  resourceNames []string atomic "None means all."
  nonResourceURLs []string atomic
RoleBinding "Gives a role to somebody, within a namespace."
  metadata ObjectMeta
  subjects []Subject atomic
  roleRef RoleRef ! "Never changes."
ClusterRoleBinding "Gives a cluster role to somebody, everywhere."
  metadata ObjectMeta
  subjects []Subject atomic
  roleRef RoleRef ! "Never changes."
Subject atomic
  kind string ! "User, Group or ServiceAccount."
  apiGroup string
  name string !
  namespace string
RoleRef atomic
  apiGroup string !
  kind string !
  name string !
Lease "Who holds something, and until when."
  metadata ObjectMeta
  spec LeaseSpec ={}
LeaseSpec
  holderIdentity string
  leaseDurationSeconds int32
  acquireTime microtime
  renewTime microtime
  leaseTransitions int32
  strategy string
  preferredHolder string
PodDisruptionBudget "How many Pods of a kind may be missing when somebody evicts."
  metadata ObjectMeta
  spec PodDisruptionBudgetSpec ={}
  status PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
  minAvailable intstr
  selector LabelSelector
  maxUnavailable intstr
  unhealthyPodEvictionPolicy string
PodDisruptionBudgetStatus
  observedGeneration int64
  disruptedPods {}time
  disruptionsAllowed int32 !
  currentHealthy int32 !
  desiredHealthy int32 !
  expectedPods int32 !
  conditions []Condition keys=type
Eviction "Asks a Pod to go, unless a budget forbids it."
  metadata ObjectMeta
  deleteOptions any
SelfSubjectAccessReview "Asks what the asker may do."
  metadata ObjectMeta
  spec SelfSubjectAccessReviewSpec !
  status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec
  resourceAttributes ResourceAttributes
  nonResourceAttributes NonResourceAttributes
SubjectAccessReview "Asks what somebody may do."
  metadata ObjectMeta
  spec SubjectAccessReviewSpec !
  status SubjectAccessReviewStatus
LocalSubjectAccessReview "Asks what somebody may do in a namespace."
  metadata ObjectMeta
  spec SubjectAccessReviewSpec !
  status SubjectAccessReviewStatus
SubjectAccessReviewSpec
  resourceAttributes ResourceAttributes
  nonResourceAttributes NonResourceAttributes
  user string
  groups []string atomic
  extra {}[]string
  uid string
ResourceAttributes
  namespace string
  verb string
  group string
  version string
  resource string
  subresource string
  name string
  fieldSelector any
  labelSelector any
NonResourceAttributes
  path string
  verb string
SubjectAccessReviewStatus
  allowed bool !
  denied bool
  reason string
  evaluationError string
SelfSubjectRulesReview "Asks for all rights of the asker in a namespace."
  metadata ObjectMeta
  spec SelfSubjectRulesReviewSpec !
  status SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec
  namespace string
SubjectRulesReviewStatus
  resourceRules []ResourceRule atomic !
  nonResourceRules []NonResourceRule atomic !
  incomplete bool !
  evaluationError string
ResourceRule
  verbs []string atomic !
  apiGroups []string atomic
  resources []string atomic
  resourceNames []string atomic
NonResourceRule
  verbs []string atomic !
  nonResourceURLs []string atomic
SelfSubjectReview "Asks who the asker is."
  metadata ObjectMeta
  status SelfSubjectReviewStatus
SelfSubjectReviewStatus
  userInfo UserInfo
UserInfo
  username string
  uid string
  groups []string atomic
  extra {}[]string
TokenReview "Asks whose token it is."
  metadata ObjectMeta
  spec TokenReviewSpec !
  status TokenReviewStatus
TokenReviewSpec
  token string
  audiences []string atomic
TokenReviewStatus
  authenticated bool
  user UserInfo
  audiences []string atomic
  error string
TokenRequest "Asks for a token of a service account."
  metadata ObjectMeta
  spec TokenRequestSpec !
  status TokenRequestStatus
TokenRequestSpec
  audiences []string atomic !
  expirationSeconds int64 =3600
  boundObjectRef BoundObjectReference
BoundObjectReference
  kind string
  apiVersion string
  name string
  uid string
TokenRequestStatus
  token string !
  expirationTimestamp time !
)types";
}

}  // namespace plumbline::kube
