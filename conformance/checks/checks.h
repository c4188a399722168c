// The checks behind the nouns (nouns.h says what each one claims and takes). Each judges a history only, in a file of
// its own. They never throw on a history that load_history() accepted; arguments were validated by the language, but a
// missing one yields HARNESS_ERROR rather than a crash.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace plumbline::conformance {

struct Finding;
class CheckContext;

Finding check_accepted(const CheckContext& context, const nlohmann::json& arguments);
Finding check_answered(const CheckContext& context, const nlohmann::json& arguments);
Finding check_describes(const CheckContext& context, const nlohmann::json& arguments);
Finding check_direct(const CheckContext& context, const nlohmann::json& arguments);
Finding check_forwarded_as(const CheckContext& context, const nlohmann::json& arguments);
Finding check_host_header(const CheckContext& context, const nlohmann::json& arguments);
Finding check_lists(const CheckContext& context, const nlohmann::json& arguments);
Finding check_no_connections(const CheckContext& context, const nlohmann::json& arguments);
Finding check_nodes(const CheckContext& context, const nlohmann::json& arguments);
Finding check_none_since(const CheckContext& context, const nlohmann::json& arguments);
Finding check_not_forwarded(const CheckContext& context, const nlohmann::json& arguments);
Finding check_propagation(const CheckContext& context, const nlohmann::json& arguments);
Finding check_refused(const CheckContext& context, const nlohmann::json& arguments);
Finding check_requests_authorization(const CheckContext& context, const nlohmann::json& arguments);
Finding check_round_robin(const CheckContext& context, const nlohmann::json& arguments);
Finding check_settled(const CheckContext& context, const nlohmann::json& arguments);
Finding check_shares(const CheckContext& context, const nlohmann::json& arguments);
Finding check_unchanged(const CheckContext& context, const nlohmann::json& arguments);
Finding check_unread(const CheckContext& context, const nlohmann::json& arguments);

}  // namespace plumbline::conformance
