// GET, LIST and WATCH.
#include <fmt/format.h>

#include "simulator/kernel/base64.h"
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/http/presentation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::seconds kWatchTimeoutMin{1800};
constexpr std::uint64_t kWatchSecondsMax = 86400;

TablePrinter::Content table_content(const Target& target) {
  const std::string include = target.parameter("includeObject");
  if (include == "None") return TablePrinter::Content::kNone;
  return include == "Object" ? TablePrinter::Content::kObject : TablePrinter::Content::kMetadata;
}

/// Where a list goes on, and as of when.
struct Continuation {
  std::uint64_t resource_version = 0;  ///< 0: as things are now
  Store::Place after;
};

std::string encode(const Continuation& next) {
  const Value token{{"v", "meta.k8s.io/v1"},
                    {"rv", next.resource_version},
                    {"start", next.after.space.empty() ? next.after.name : next.after.space + "/" + next.after.name}};
  return kernel::base64_encode(to_text(token), true);
}

Outcome<Continuation> decode(const std::string& text) {
  const auto bytes = kernel::base64_decode(text, true);
  const Value token = bytes ? read_text(*bytes).value.value_or(Value()) : Value();
  if (token["v"] != "meta.k8s.io/v1" || !token["rv"].is_integer() || token["rv"].integer() < 0)
    return bad_request("continue key is not valid: encoding/json: invalid token");
  Continuation next;
  next.resource_version = static_cast<std::uint64_t>(token["rv"].integer());
  const std::string_view start = token["start"].text();
  const std::size_t slash = start.find('/');
  if (slash != std::string_view::npos) next.after.space = start.substr(0, slash);
  next.after.name = slash == std::string_view::npos ? start : start.substr(slash + 1);
  return next;
}

struct ListRequest {
  LabelSelector labels;
  FieldSelector fields;
  std::size_t limit = 0;  ///< 0: all
  Continuation from;
  bool continues = false;
};

Failure too_old(const Failure& expired_at, const Continuation& from) {
  Failure failure = expired_at;
  failure.message =
      "The provided continue parameter is too old to display a consistent list result. You can start a new list "
      "without "
      "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
      "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
      "deleted between the time the first chunk was returned and now may show up in the list.";
  Continuation rest = from;
  rest.resource_version = 0;
  failure.metadata = Value{{"continue", encode(rest)}};
  return failure;
}

/// What is wrong with a resourceVersion that is no number.
std::string no_version(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return fmt::format("resourceVersion: Invalid value: \"{0}\": strconv.ParseUint: parsing \"{0}\": {1}", text,
                     digits ? "value out of range" : "invalid syntax");
}

Failure too_new(std::uint64_t asked, std::uint64_t now) {
  Failure failure{
      504, "Timeout", fmt::format("Timeout: Too large resource version: {}, current: {}", asked, now),
      Value{{"causes",
             Value::array({{{"message", "Too large resource version"}, {"reason", "ResourceVersionTooLarge"}}})},
            {"retryAfterSeconds", 1}}};
  return failure;
}

/// What the query parameters ask for. 400, 410, 422, 504.
Outcome<ListRequest> read_list_request(const Target& target, std::uint64_t now) {
  ListRequest list;
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return labels.error();
  list.labels = *labels;
  const auto fields = FieldSelector::parse(target.parameter("fieldSelector"), *target.kind);
  if (!fields) return fields.error();
  list.fields = *fields;
  const std::string limit = target.parameter("limit"), match = target.parameter("resourceVersionMatch");
  const std::string version = target.parameter("resourceVersion"), next = target.parameter("continue");
  const std::string_view digits = limit.starts_with('-') ? std::string_view(limit).substr(1) : std::string_view(limit);
  const auto number = parse_number(digits);
  if (!limit.empty() && !number)
    return bad_request(fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", limit));
  list.limit = digits.size() < limit.size() ? 0 : number.value_or(0);  // a negative one is no limit
  std::vector<Cause> causes;
  if (!match.empty()) {
    if (version.empty())
      causes.push_back({"FieldValueForbidden",
                        "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
                        "resourceVersionMatch"});
    if (!next.empty())
      causes.push_back({"FieldValueForbidden", "Forbidden: resourceVersionMatch is forbidden when continue is provided",
                        "resourceVersionMatch"});
    if (match != "Exact" && match != "NotOlderThan")
      causes.push_back(
          {"FieldValueNotSupported",
           fmt::format("Unsupported value: \"{}\": supported values: \"Exact\", \"NotOlderThan\", \"\"", match),
           "resourceVersionMatch"});
    if (match == "Exact" && version == "0")
      causes.push_back({"FieldValueForbidden",
                        "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
                        "resourceVersionMatch"});
  }
  if (target.query.contains("sendInitialEvents"))
    causes.push_back(
        {"FieldValueForbidden", "Forbidden: sendInitialEvents is forbidden for list", "sendInitialEvents"});
  if (!causes.empty()) return invalid_options("ListOptions", causes);
  const auto asked = parse_number(version);
  if (!version.empty() && !asked) return bad_request("invalid resource version: " + no_version(version));
  if (!next.empty()) {
    const auto from = decode(next);
    if (!from) return from.error();
    if (!version.empty() && version != "0")
      return bad_request("specifying resource version is not allowed when using continue");
    list.from = *from;
    list.continues = true;
    return list;
  }
  // An exact version, and a page of an old one, are read as they were; anything else as things are now.
  const bool exact = match == "Exact" || (match.empty() && list.limit > 0);
  if (asked.value_or(0) > now) {
    Failure failure = too_new(*asked, now);
    if (exact) failure.details.erase("retryAfterSeconds");  // the storage says it, not the cache that waits
    return failure;
  }
  if (exact) list.from.resource_version = asked.value_or(0);
  return list;
}

}  // namespace

HttpResponse ApiServer::show(const Call& call, const ObjectPtr& object, int code) const {
  const Kind& kind = *call.target.kind;
  const KindVersion& version = *call.target.served;
  const Accepted form = accepted(call.request.accept);
  if (form == Accepted::kNothing) return refuse(not_acceptable());
  if (form == Accepted::kTable) {
    const TablePrinter printer(kind, version, table_content(call.target));
    return respond(code, printer.table({object}, store_.now().text(),
                                       Value{{"resourceVersion", std::to_string(object->resource_version())}}));
  }
  HttpResponse response{code, "application/json", ""};
  write_presented(store_, object, kind, version, form, response.body);
  response.body += '\n';
  return response;
}

Reply ApiServer::read(const Call& call) {
  const ObjectPtr object = store_.find(key_of(call.target));
  if (!object) return refuse(not_found(*call.target.kind, call.target.name));
  const std::string version = call.target.parameter("resourceVersion");
  const auto asked = parse_number(version);
  if (!version.empty() && !asked) return refuse({500, "", no_version(version), nullptr});
  if (asked.value_or(0) > store_.resource_version()) return refuse(too_new(*asked, store_.resource_version()));
  return show(call, object, 200);
}

HttpResponse ApiServer::show_list(const Call& call, const std::vector<ObjectPtr>& objects, Value metadata) const {
  const Kind& kind = *call.target.kind;
  const KindVersion& version = *call.target.served;
  const Accepted form = accepted(call.request.accept);
  if (form == Accepted::kNothing) return refuse(not_acceptable());
  if (form == Accepted::kTable)
    return respond(200, TablePrinter(kind, version, table_content(call.target))
                            .table(objects, store_.now().text(), std::move(metadata)));
  const bool only_metadata = form == Accepted::kMetadata;
  HttpResponse response{200, "application/json", ""};
  std::string& body = response.body;
  body = fmt::format("{{\"kind\":\"{}\",\"apiVersion\":\"{}\",\"metadata\":{},\"items\":[",
                     only_metadata ? "PartialObjectMetadataList" : kind.list_name,
                     only_metadata ? "meta.k8s.io/v1" : kind.api_version(version), to_text(metadata));
  bool first = true;
  for (const ObjectPtr& object : objects) {
    if (!first) body += ',';
    first = false;
    write_presented(store_, object, kind, version, form, body);
  }
  body += "]}\n";
  return response;
}

Reply ApiServer::list(const Call& call) {
  const Target& target = call.target;
  const KindId kind = target.kind->id;
  const std::string space = target.kind->namespaced ? target.space : "";
  const auto wanted = read_list_request(target, store_.resource_version());
  if (!wanted) return refuse(wanted.error());
  std::uint64_t version = store_.resource_version();
  std::vector<ObjectPtr> objects;
  const bool selects = !wanted->labels.empty() || !wanted->fields.empty();
  const auto matches = [&](const ObjectPtr& object) {
    return wanted->labels.matches(object->labels()) && wanted->fields.matches(*object);
  };
  auto old = call.request.as_of != 0 && !wanted->continues && target.parameter("resourceVersion") == "0"
                 ? store_.snapshot(kind, space, call.request.as_of, {})
                 : Outcome<std::vector<ObjectPtr>>(Failure{});
  if (old) {
    version = call.request.as_of;
    for (ObjectPtr& object : *old)
      if (matches(object)) objects.push_back(std::move(object));
  } else if (wanted->continues || wanted->from.resource_version != 0) {
    if (wanted->from.resource_version != 0) version = wanted->from.resource_version;
    auto snapshot = store_.snapshot(kind, space, version, wanted->from.after);
    if (!snapshot) return refuse(wanted->continues ? too_old(snapshot.error(), wanted->from) : snapshot.error());
    for (ObjectPtr& object : *snapshot)
      if (matches(object)) objects.push_back(std::move(object));
  } else if (const std::string_view one = wanted->fields.exactly("metadata.name");
             !one.empty() && (!space.empty() || !target.kind->namespaced)) {
    if (const ObjectPtr object = store_.find(kind, space, one); object && matches(object)) objects.push_back(object);
  } else {
    store_.visit(kind, space, wanted->labels, [&](const ObjectPtr& object) {
      if (wanted->fields.matches(*object)) objects.push_back(object);
    });
  }
  Value metadata{{"resourceVersion", std::to_string(version)}};
  if (wanted->limit > 0 && objects.size() > wanted->limit) {
    const std::size_t remaining = objects.size() - wanted->limit;
    objects.resize(wanted->limit);
    metadata["continue"] = encode({version, {objects.back()->space(), objects.back()->name()}});
    if (!selects) metadata["remainingItemCount"] = remaining;
  }
  return show_list(call, objects, std::move(metadata));
}

Reply ApiServer::watch(const Call& call) {
  const Target& target = call.target;
  WatchOptions options;
  options.kind = target.kind;
  options.version = target.served;
  options.space = target.kind->namespaced ? target.space : "";
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return refuse(labels.error());
  options.labels = *labels;
  std::string fields_text = target.parameter("fieldSelector");
  if (!target.name.empty()) fields_text += (fields_text.empty() ? "" : ",") + ("metadata.name=" + target.name);
  const auto fields = FieldSelector::parse(fields_text, *options.kind);
  if (!fields) return refuse(fields.error());
  options.fields = *fields;
  const std::string version = target.parameter("resourceVersion"), match = target.parameter("resourceVersionMatch");
  if (!version.empty()) {
    options.resource_version = parse_number(version);
    if (!options.resource_version) return refuse({500, "", no_version(version), nullptr});
    if (*options.resource_version > store_.resource_version())
      return refuse(too_new(*options.resource_version, store_.resource_version()));
  }
  options.form = accepted(call.request.accept);
  if (options.form == Accepted::kNothing) return refuse(not_acceptable());
  options.content = table_content(target);
  options.bookmarks = target.flag("allowWatchBookmarks");
  const bool says = target.query.contains("sendInitialEvents");
  if (says && match != "NotOlderThan")
    return refuse(invalid_options(
        "ListOptions",
        {{"FieldValueForbidden", "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
          "resourceVersionMatch"}}));
  if (!says && !match.empty())
    return refuse(invalid_options(
        "ListOptions", {{"FieldValueForbidden",
                         "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
                         "resourceVersionMatch"}}));
  if (target.flag("sendInitialEvents")) {
    options.resource_version = 0;
    options.initial_events_end = options.bookmarks;
  } else if (says && options.resource_version.value_or(0) == 0) {
    options.initial_events = false;
  }
  const auto seconds = parse_number(target.parameter("timeoutSeconds"));
  // As real servers: between one and two times the least, so that watchers don't come back all at once.
  options.timeout = seconds && *seconds > 0 ? std::chrono::seconds(std::min(*seconds, kWatchSecondsMax))
                                            : kWatchTimeoutMin + std::chrono::seconds(random_.below(1800));
  return std::make_unique<WatchStream>(store_, std::move(options));
}

}  // namespace plumbline::kube
