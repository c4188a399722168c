#include "conformance/checks/nouns.h"

#include <algorithm>

#include "conformance/checks/checks.h"

namespace plumbline::conformance {
namespace {

using Kind = ArgumentKind;

std::vector<Noun> table() {
  return {
      {"accepted",
       "the candidate accepted what the step asked",
       "outcome",
       {{"outcome", Kind::kOutcome, true}},
       true,
       check_accepted},
      {"answered",
       "every request of the window was answered so, by Pods or by the gateway itself",
       "during",
       {{"during", Kind::kWindow, true},
        {"status", Kind::kStatuses},
        {"by", Kind::kChoice, false, {"pods", "gateway", "anyone"}}},
       false,
       check_answered},
      {"describes",
       "describing a tunnel gave back what was sent",
       "outcome",
       {{"outcome", Kind::kOutcome, true}, {"fields", Kind::kTexts}},
       false,
       check_describes},
      {"direct",
       "connections went from the instance to Pods' addresses and target ports",
       "during",
       {{"during", Kind::kWindow, true}, {"of", Kind::kTunnel}},
       false,
       check_direct},
      {"forwardedAs",
       "Pods saw these request targets, in the order of the requests",
       "",
       {{"during", Kind::kWindow, true}, {"targets", Kind::kTexts, true}},
       false,
       check_forwarded_as},
      {"hostHeader",
       "every request that a Pod saw carried exactly this Host",
       "",
       {{"during", Kind::kWindow, true}, {"is", Kind::kText, true}},
       false,
       check_host_header},
      {"noConnections",
       "no connection to these places was even attempted",
       "to",
       {{"to", Kind::kTargets, true}, {"during", Kind::kWindow}, {"since", Kind::kStep}},
       false,
       check_no_connections},
      {"nodes",
       "the Pods that were hit are the nodes of the tunnel",
       "during",
       {{"during", Kind::kWindow, true}, {"of", Kind::kTunnel}, {"only", Kind::kFlag}},
       false,
       check_nodes},
      {"noneSince",
       "Pods that left the tunnel by the step got nothing after the deadline",
       "after",
       {{"after", Kind::kStep, true}, {"of", Kind::kTunnel}, {"within", Kind::kWithin}},
       false,
       check_none_since},
      {"notForwarded",
       "no request of the window reached a Pod",
       "during",
       {{"during", Kind::kWindow, true}},
       false,
       check_not_forwarded},
      {"propagation",
       "Pods that joined or left by the step got requests, or no more, within the deadline",
       "after",
       {{"after", Kind::kStep, true},
        {"during", Kind::kWindow, true},
        {"of", Kind::kTunnel},
        {"pods", Kind::kChoice, false, {"new-and-gone", "new", "gone"}},
        {"within", Kind::kWithin}},
       false,
       check_propagation},
      {"refused",
       "the candidate refused one of the steps for one of the reasons",
       "outcome",
       {{"outcome", Kind::kOutcome},
        {"anyOf", Kind::kOutcomes},
        {"reasons", Kind::kReasons, true},
        {"naming", Kind::kTexts}},
       true,
       check_refused},
      {"requestsAuthorization",
       "the step made the candidate request authorisation for these clusters",
       "",
       {{"outcome", Kind::kOutcome, true}, {"clusters", Kind::kClusters, true}},
       true,
       check_requests_authorization},
      {"roundRobin",
       "on one keep-alive connection the counts keep the bound of round robin",
       "during",
       {{"during", Kind::kWindow, true}, {"of", Kind::kTunnel}},
       false,
       check_round_robin},
      {"settled",
       "the change was seen on every worker within the deadline",
       "step",
       {{"step", Kind::kStep, true}},
       false,
       check_settled},
      {"shares",
       "requests were shared by weight; a deviation of `effect` would have been seen",
       "",
       {{"during", Kind::kWindow, true},
        {"of", Kind::kTunnel},
        {"by", Kind::kChoice, false, {"pod", "service", "cluster"}},
        {"effect", Kind::kPercent, true}},
       false,
       check_shares},
      {"unchanged",
       "requests and answers passed the gateway unchanged but for what HTTP allows",
       "during",
       {{"during", Kind::kWindow, true}},
       false,
       check_unchanged},
      {"unread",
       "the candidate sent no request to the cluster's API server before the step",
       "",
       {{"cluster", Kind::kCluster, true}, {"before", Kind::kStep, true}},
       false,
       check_unread},
  };
}

}  // namespace

const std::vector<Noun>& nouns() {
  static const std::vector<Noun> kNouns = table();
  return kNouns;
}

const Noun* find_noun(std::string_view name) {
  const auto found = std::find_if(nouns().begin(), nouns().end(), [&](const Noun& noun) { return noun.name == name; });
  return found == nouns().end() ? nullptr : &*found;
}

}  // namespace plumbline::conformance
