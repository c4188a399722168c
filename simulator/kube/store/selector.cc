#include "simulator/kube/store/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

constexpr std::array<std::string_view, 2> kEveryField{"metadata.name", "metadata.namespace"};

bool supports(KindId kind, std::string_view field) {
  if (std::find(kEveryField.begin(), kEveryField.end(), field) != kEveryField.end()) return true;
  switch (kind) {
    case KindId::kPod:
      return field == "spec.nodeName" || field == "spec.restartPolicy" || field == "spec.schedulerName" ||
             field == "spec.serviceAccountName" || field == "status.phase" || field == "status.podIP" ||
             field == "status.nominatedNodeName";
    case KindId::kNamespace:
      return field == "status.phase";
    case KindId::kNode:
      return field == "spec.unschedulable";
    case KindId::kSecret:
      return field == "type";
    case KindId::kReplicaSet:
      return field == "status.replicas";
    case KindId::kEvent:
      return field.starts_with("involvedObject.") || field == "reason" || field == "type" || field == "source" ||
             field == "reportingComponent";
    default:
      return false;
  }
}

std::string field_value(const Object& object, std::string_view field) {
  const Json& found = at(object.json(), field);
  if (found.is_string()) return found.get<std::string>();
  if (field == "spec.unschedulable") return found == true ? "true" : "false";
  return found.is_null() ? std::string() : found.dump();
}

}  // namespace

bool Requirement::matches(const Labels& labels) const {
  const auto found = labels.find(key);
  switch (op) {
    case Operator::kIn:
      return found != labels.end() && values.contains(found->second);
    case Operator::kNotIn:
      return found == labels.end() || !values.contains(found->second);
    case Operator::kExists:
      return found != labels.end();
    case Operator::kNotExists:
      return found == labels.end();
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

Outcome<LabelSelector> LabelSelector::from_json(const Json& json) {
  LabelSelector selector;
  for (const auto& [key, value] : labels_of(at(json, "matchLabels")))
    selector.requirements_.push_back({key, Requirement::Operator::kIn, {value}});
  const Json& expressions = at(json, "matchExpressions");
  if (!expressions.is_array()) return selector;
  for (const Json& expression : expressions) {
    Requirement requirement;
    requirement.key = text_at(expression, "key");
    const std::string op = text_at(expression, "operator");
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
    const Json& values = at(expression, "values");
    if (values.is_array())
      for (const Json& value : values)
        if (value.is_string()) requirement.values.insert(value.get<std::string>());
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool LabelSelector::matches(const Labels& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&labels](const Requirement& requirement) { return requirement.matches(labels); });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text, KindId kind) {
  FieldSelector selector;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view term = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (term.empty()) continue;
    const std::size_t sign = term.find('=');
    if (sign == std::string_view::npos || sign == 0)
      return bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", term, term));
    Term parsed;
    parsed.equal = term[sign - 1] != '!';
    parsed.field = term.substr(0, parsed.equal ? sign : sign - 1);
    parsed.value = term.substr(term.substr(sign).starts_with("==") ? sign + 2 : sign + 1);
    if (!supports(kind, parsed.field)) return bad_request(fmt::format("field label not supported: {}", parsed.field));
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

std::string FieldSelector::name() const {
  for (const Term& term : terms_)
    if (term.equal && term.field == "metadata.name") return term.value;
  return {};
}

}  // namespace plumbline::kube
