#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "simulator/kube/store/selector.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

// The fields that real servers select by; of custom kinds those that their definition names.
bool supports(const Kind& kind, std::string_view field) {
  if (field == "metadata.name" || field == "metadata.namespace") return true;
  if (kind.custom) {
    const auto& fields = kind.storage().selectable_fields;
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  }
  switch (kind.id) {
    case KindId::kPod:
      return field == "spec.nodeName" || field == "spec.restartPolicy" || field == "spec.schedulerName" ||
             field == "spec.serviceAccountName" || field == "spec.hostNetwork" || field == "status.phase" ||
             field == "status.podIP" || field == "status.podIPs" || field == "status.nominatedNodeName";
    case KindId::kNamespace:
      return field == "status.phase";
    case KindId::kNode:
      return field == "spec.unschedulable";
    case KindId::kSecret:
      return field == "type";
    case KindId::kService:
      return field == "spec.clusterIP" || field == "spec.type";
    case KindId::kEvent:
      return field == "involvedObject.kind" || field == "involvedObject.namespace" || field == "involvedObject.name" ||
             field == "involvedObject.uid" || field == "involvedObject.apiVersion" ||
             field == "involvedObject.resourceVersion" || field == "involvedObject.fieldPath" || field == "reason" ||
             field == "reportingComponent" || field == "source" || field == "type";
    default:
      return false;
  }
}

std::string unsupported(const Kind& kind, std::string_view field) {
  switch (kind.id) {
    case KindId::kPod:
    case KindId::kNamespace:
    case KindId::kNode:
    case KindId::kSecret:
    case KindId::kService:
    case KindId::kEvent:
      return fmt::format("field label not supported: {}", field);
    default:
      if (kind.custom) return fmt::format("field label not supported: {}", field);
      return fmt::format(R"("{}" is not a known field selector: only "metadata.name", "metadata.namespace")", field);
  }
}

std::string field_value(const Object& object, std::string_view field) {
  if (field == "source") {
    const std::string_view component = object.text("source.component");
    return std::string(component.empty() ? object.text("reportingComponent") : component);
  }
  if (field == "status.podIPs") {
    std::string all;
    for (const Value& address : object.at("status.podIPs")) {
      if (!all.empty()) all += ',';
      all += address["ip"].text();
    }
    return all;
  }
  const Value& found = object.at(field);
  if (found.is_string()) return found.string();
  if (field == "spec.unschedulable" || field == "spec.hostNetwork" || found.is_boolean())
    return found.boolean() ? "true" : "false";
  return found.is_null() ? std::string() : to_text(found);
}

/// With "\\", "\\," and "\\=" undone. What is wrong with it, in `mistake`.
std::string unescaped(std::string_view text, std::string& mistake) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' || text[i] == '=') {
      mistake = fmt::format("invalid field selector: unescaped character in value: {}", static_cast<int>(text[i]));
    } else if (text[i] == '\\' &&
               (++i == text.size() || std::string_view("\\,=").find(text[i]) == std::string_view::npos)) {
      mistake = fmt::format("invalid field selector: invalid escape sequence: \\{}", text.substr(i, 1));
    }
    if (!mistake.empty()) return {};
    value += text[i];
  }
  return value;
}

std::size_t end_of_term(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ',') end += text[end] == '\\' ? 2 : 1;
  return std::min(end, text.size());
}

}  // namespace

Outcome<FieldSelector> FieldSelector::parse(std::string_view text, const Kind& kind) {
  FieldSelector selector;
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::size_t end = end_of_term(text);
    const std::string_view term = text.substr(0, end);
    text = end < text.size() ? text.substr(end + 1) : std::string_view{};
    if (term.empty()) continue;
    const std::size_t sign = term.find('=');
    if (sign == std::string_view::npos)
      return bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", whole, term));
    Term parsed;
    parsed.equal = sign == 0 || term[sign - 1] != '!';
    const bool twice = parsed.equal && term.substr(sign).starts_with("==");
    std::string mistake;
    parsed.value = unescaped(term.substr(twice ? sign + 2 : sign + 1), mistake);
    if (!mistake.empty()) return bad_request(mistake);
    parsed.field = term.substr(0, parsed.equal ? sign : sign - 1);
    if (!supports(kind, parsed.field)) return bad_request(unsupported(kind, parsed.field));
    selector.terms_.push_back(std::move(parsed));
    if (selector.terms_.size() > kSelectorRequirementsMax) return bad_request("too many terms in the field selector");
  }
  return selector;
}

bool FieldSelector::matches(const Object& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&object](const Term& term) {
    return (field_value(object, term.field) == term.value) == term.equal;
  });
}

std::string_view FieldSelector::exactly(std::string_view field) const {
  for (const Term& term : terms_)
    if (term.equal && term.field == field) return term.value;
  return {};
}

}  // namespace plumbline::kube
