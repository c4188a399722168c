#include "simulator/kube/store/selector.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

// Words, and the punctuation of the selector grammar.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  /// "" at the end.
  std::string_view next() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    for (const std::string_view sign : {"==", "!=", "=", "!", ",", "(", ")"})
      if (rest_.starts_with(sign)) return take(sign.size());
    std::size_t length = 0;
    while (length < rest_.size() && !is_space(rest_[length]) &&
           std::string_view("=!,()").find(rest_[length]) == std::string_view::npos)
      ++length;
    return take(length);
  }

  std::string_view peek() const { return Lexer(*this).next(); }

 private:
  std::string_view take(std::size_t length) {
    const std::string_view token = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return token;
  }
  std::string_view rest_;
};

bool alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
}

// The middle of names and values: letters, digits, '-', '_', '.'; both ends alphanumeric; at most 63 letters.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || !alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_name(text);
  const std::string_view prefix = text.substr(0, slash);
  if (prefix.empty() || prefix.size() > 253) return false;
  for (const char c : prefix)
    if (!(alphanumeric(c) || c == '-' || c == '.')) return false;
  return is_name(text.substr(slash + 1));
}

bool is_value(std::string_view text) { return text.empty() || is_name(text); }

Failure malformed(std::string_view text, std::string_view why) {
  return bad_request(fmt::format("unable to parse requirement: {} in selector \"{}\"", why, text));
}

bool is_word(std::string_view token) {
  return !token.empty() && std::string_view("=!,()").find(token.front()) == std::string_view::npos;
}

// `(a, b)`; an empty element is the empty value.
bool read_set(Lexer& lexer, std::set<std::string, std::less<>>& values) {
  if (lexer.next() != "(") return false;
  for (;;) {
    std::string_view token = lexer.next();
    if (token == "," || token == ")") {
      values.emplace();
      if (token == ")") return true;
      continue;
    }
    if (!is_word(token)) return false;
    values.emplace(token);
    token = lexer.next();
    if (token == ")") return true;
    if (token != ",") return false;
  }
}

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
    case KindId::kReplicaSet:
      return field == "status.replicas";
    case KindId::kEvent:
      return field == "involvedObject.kind" || field == "involvedObject.namespace" || field == "involvedObject.name" ||
             field == "involvedObject.uid" || field == "involvedObject.apiVersion" ||
             field == "involvedObject.resourceVersion" || field == "involvedObject.fieldPath" || field == "reason" ||
             field == "reportingComponent" || field == "source" || field == "type";
    default:
      return false;
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

/// A term of a field selector up to its ',', with "\\", "\," and "\=" undone.
bool unescape(std::string_view text, std::string& value) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      if (text[i] == ',' || text[i] == '=') return false;
      value += text[i];
      continue;
    }
    if (++i == text.size() || std::string_view("\\,=").find(text[i]) == std::string_view::npos) return false;
    value += text[i];
  }
  return true;
}

std::size_t end_of_term(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ',') end += text[end] == '\\' ? 2 : 1;
  return std::min(end, text.size());
}

}  // namespace

bool Requirement::matches(const Value& labels) const {
  const Value* found = labels.find(key);
  switch (op) {
    case Operator::kIn:
      return found != nullptr && values.contains(found->text());
    case Operator::kNotIn:
      return found == nullptr || !values.contains(found->text());
    case Operator::kExists:
      return found != nullptr;
    case Operator::kNotExists:
      return found == nullptr;
  }
  return false;
}

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  Lexer lexer(text);
  if (lexer.peek().empty()) return selector;
  for (;;) {
    Requirement requirement;
    std::string_view token = lexer.next();
    const bool negated = token == "!";
    if (negated) token = lexer.next();
    if (!is_word(token) || !is_key(token))
      return malformed(text, fmt::format("found '{}', expected a label key", token));
    requirement.key = token;
    token = lexer.peek();
    if (negated) {
      requirement.op = Requirement::Operator::kNotExists;
    } else if (token == "=" || token == "==" || token == "!=") {
      lexer.next();
      requirement.op = token == "!=" ? Requirement::Operator::kNotIn : Requirement::Operator::kIn;
      const std::string_view value = lexer.peek();
      if (is_word(value)) lexer.next();
      if (is_word(value) || value.empty() || value == ",")
        requirement.values.emplace(is_word(value) ? value : std::string_view{});
      else
        return malformed(text, fmt::format("found '{}', expected a label value", value));
    } else if (token == "in" || token == "notin") {
      lexer.next();
      requirement.op = token == "in" ? Requirement::Operator::kIn : Requirement::Operator::kNotIn;
      if (!read_set(lexer, requirement.values)) return malformed(text, "expected '(' value, ... ')'");
    } else {
      requirement.op = Requirement::Operator::kExists;
    }
    for (const std::string& value : requirement.values)
      if (!is_value(value)) return malformed(text, fmt::format("'{}' is not a label value", value));
    selector.requirements_.push_back(std::move(requirement));
    if (selector.requirements_.size() > kSelectorRequirementsMax) return malformed(text, "too many requirements");
    token = lexer.next();
    if (token.empty()) return selector;
    if (token != ",") return malformed(text, fmt::format("found '{}', expected ','", token));
  }
}

Outcome<LabelSelector> LabelSelector::from_value(const Value& value) {
  LabelSelector selector;
  for (const Member& pair : value["matchLabels"].fields())
    selector.requirements_.push_back({std::string(pair.name()), Requirement::Operator::kIn, {pair.value.string()}});
  for (const Value& expression : value["matchExpressions"]) {
    Requirement requirement;
    requirement.key = expression["key"].text();
    const std::string_view op = expression["operator"].text();
    if (op == "In")
      requirement.op = Requirement::Operator::kIn;
    else if (op == "NotIn")
      requirement.op = Requirement::Operator::kNotIn;
    else if (op == "Exists")
      requirement.op = Requirement::Operator::kExists;
    else if (op == "DoesNotExist")
      requirement.op = Requirement::Operator::kNotExists;
    else
      return bad_request(fmt::format("\"{}\" is not a valid label selector operator", op));
    for (const Value& one : expression["values"]) requirement.values.insert(one.string());
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

std::string LabelSelector::text() const {
  std::string text;
  for (const Requirement& requirement : requirements_) {
    if (!text.empty()) text += ',';
    const bool one = requirement.values.size() == 1;
    switch (requirement.op) {
      case Requirement::Operator::kIn:
        text += one ? fmt::format("{}={}", requirement.key, *requirement.values.begin())
                    : fmt::format("{} in ({})", requirement.key, fmt::join(requirement.values, ","));
        break;
      case Requirement::Operator::kNotIn:
        text += one ? fmt::format("{}!={}", requirement.key, *requirement.values.begin())
                    : fmt::format("{} notin ({})", requirement.key, fmt::join(requirement.values, ","));
        break;
      case Requirement::Operator::kExists:
        text += requirement.key;
        break;
      case Requirement::Operator::kNotExists:
        text += "!" + requirement.key;
        break;
    }
  }
  return text;
}

bool LabelSelector::matches(const Value& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&labels](const Requirement& requirement) { return requirement.matches(labels); });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text, const Kind& kind) {
  FieldSelector selector;
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::size_t end = end_of_term(text);
    const std::string_view term = text.substr(0, end);
    text = end < text.size() ? text.substr(end + 1) : std::string_view{};
    if (term.empty()) continue;
    const std::size_t sign = term.find('=');
    Term parsed;
    parsed.equal = sign == std::string_view::npos || sign == 0 || term[sign - 1] != '!';
    const bool twice = sign != std::string_view::npos && term.substr(sign).starts_with("==");
    if (sign == std::string_view::npos || !unescape(term.substr(twice ? sign + 2 : sign + 1), parsed.value))
      return bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", whole, term));
    parsed.field = term.substr(0, parsed.equal ? sign : sign - 1);
    if (!supports(kind, parsed.field))
      return bad_request(fmt::format("field label not supported: {}", parsed.field));
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
