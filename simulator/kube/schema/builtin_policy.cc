// Who may do what (rbac, authorization, authentication), what may be disturbed (policy), who leads (coordination).
#include "simulator/kube/schema/builtin_parts.h"

namespace plumbline::kube {

std::string_view policy_types() {
  return R"types(
Role "Rights within a namespace."
  metadata ObjectMeta always
  rules []PolicyRule atomic always
ClusterRole "Rights everywhere, or to be given within namespaces by RoleBindings."
  metadata ObjectMeta always
  rules []PolicyRule atomic always
  aggregationRule AggregationRule
AggregationRule
  clusterRoleSelectors []LabelSelector atomic
PolicyRule "Verbs that are allowed on resources, or on paths."
  verbs []string atomic ! always
  apiGroups []string atomic "An empty word is the core group."
  resources []string atomic
  resourceNames []string atomic "None means all."
  nonResourceURLs []string atomic
RoleBinding "Gives a role to somebody, within a namespace."
  metadata ObjectMeta always
  subjects []Subject atomic
  roleRef RoleRef ! always "Never changes."
ClusterRoleBinding "Gives a cluster role to somebody, everywhere."
  metadata ObjectMeta always
  subjects []Subject atomic
  roleRef RoleRef ! always "Never changes."
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
  metadata ObjectMeta always
  spec LeaseSpec always
LeaseSpec
  holderIdentity string
  leaseDurationSeconds int32
  acquireTime microtime
  renewTime microtime
  leaseTransitions int32
  strategy string
  preferredHolder string
PodDisruptionBudget "How many Pods of a kind may be missing when somebody evicts."
  metadata ObjectMeta always
  spec PodDisruptionBudgetSpec always
  status PodDisruptionBudgetStatus always
PodDisruptionBudgetSpec
  minAvailable intstr
  selector LabelSelector
  maxUnavailable intstr
  unhealthyPodEvictionPolicy string
PodDisruptionBudgetStatus
  observedGeneration int64
  disruptedPods {}time
  disruptionsAllowed int32 ! always
  currentHealthy int32 ! always
  desiredHealthy int32 ! always
  expectedPods int32 ! always
  conditions []Condition keys=type
Eviction "Asks a Pod to go, unless a budget forbids it."
  metadata ObjectMeta always
  deleteOptions any
SelfSubjectAccessReview "Asks what the asker may do."
  metadata ObjectMeta always
  spec SelfSubjectAccessReviewSpec ! always
  status SubjectAccessReviewStatus always
SelfSubjectAccessReviewSpec
  resourceAttributes ResourceAttributes
  nonResourceAttributes NonResourceAttributes
SubjectAccessReview "Asks what somebody may do."
  metadata ObjectMeta always
  spec SubjectAccessReviewSpec ! always
  status SubjectAccessReviewStatus always
LocalSubjectAccessReview "Asks what somebody may do in a namespace."
  metadata ObjectMeta always
  spec SubjectAccessReviewSpec ! always
  status SubjectAccessReviewStatus always
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
  metadata ObjectMeta always
  spec SelfSubjectRulesReviewSpec ! always
  status SubjectRulesReviewStatus always
SelfSubjectRulesReviewSpec
  namespace string
SubjectRulesReviewStatus
  resourceRules []ResourceRule atomic ! always
  nonResourceRules []NonResourceRule atomic ! always
  incomplete bool !
  evaluationError string
ResourceRule
  verbs []string atomic ! always
  apiGroups []string atomic
  resources []string atomic
  resourceNames []string atomic
NonResourceRule
  verbs []string atomic ! always
  nonResourceURLs []string atomic
SelfSubjectReview "Asks who the asker is."
  metadata ObjectMeta always
  status SelfSubjectReviewStatus always
SelfSubjectReviewStatus
  userInfo UserInfo always
UserInfo
  username string
  uid string
  groups []string atomic
  extra {}[]string
TokenReview "Asks whose token it is."
  metadata ObjectMeta always
  spec TokenReviewSpec ! always
  status TokenReviewStatus always
TokenReviewSpec
  token string
  audiences []string atomic
TokenReviewStatus
  authenticated bool
  user UserInfo always
  audiences []string atomic
  error string
TokenRequest "Asks for a token of a service account."
  metadata ObjectMeta always
  spec TokenRequestSpec ! always
  status TokenRequestStatus always
TokenRequestSpec
  audiences []string atomic ! always
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
