#include "simulator/kube/store/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "simulator/kube/schema/names.h"

namespace plumbline::kube {
namespace {

using Operator = Requirement::Operator;

constexpr std::string_view kSigns = "=!,()<>";

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

bool is_word(std::string_view token) { return !token.empty() && kSigns.find(token.front()) == std::string_view::npos; }

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Words, and the punctuation of the selector grammar.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  /// "" at the end.
  std::string_view next() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    for (const std::string_view sign : {"==", "!="})
      if (rest_.starts_with(sign)) return take(sign.size());
    if (kSigns.find(rest_.front()) != std::string_view::npos) return take(1);
    std::size_t length = 0;
    while (length < rest_.size() && !is_space(rest_[length]) && kSigns.find(rest_[length]) == std::string_view::npos)
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

// The grammar of real servers, with their words for what breaks it.
class SelectorReader {
 public:
  explicit SelectorReader(std::string_view text) : lexer_(text) {}

  std::vector<Requirement> requirements;
  std::string mistake;

  bool read() {
    if (lexer_.peek().empty()) return true;
    if (!begins_requirement(lexer_.peek()))
      return wrong("found '{}', expected: !, identifier, or 'end of string'", lexer_.peek());
    for (;;) {
      if (!requirement()) {
        mistake.insert(0, "unable to parse requirement: ");
        return false;
      }
      if (requirements.size() > kSelectorRequirementsMax)
        return wrong("more than {} requirements", kSelectorRequirementsMax);
      const std::string_view token = lexer_.next();
      if (token.empty()) return true;
      if (token != ",") return wrong("found '{}', expected: ',' or 'end of string'", token);
      if (!begins_requirement(lexer_.peek())) return wrong("found '{}', expected: identifier after ','", lexer_.peek());
    }
  }

 private:
  template <class... Parts>
  bool wrong(fmt::format_string<Parts...> words, Parts&&... parts) {
    mistake = fmt::format(words, std::forward<Parts>(parts)...);
    return false;
  }
  static bool begins_requirement(std::string_view token) { return token == "!" || is_word(token); }

  bool requirement() {
    Requirement one;
    std::string_view token = lexer_.next();
    const bool negated = token == "!";
    if (negated) token = lexer_.next();
    if (!is_word(token)) return wrong("found '{}', expected: identifier", token);
    one.key = token;
    if (const auto why = qualified_name_complaints(one.key); !why.empty())
      return wrong("<nil>: Invalid value: \"{}\": {}", one.key, fmt::join(why, "; "));
    one.op = negated ? Operator::kNotExists : Operator::kExists;
    token = lexer_.peek();
    if (!negated && !token.empty() && token != ",") {
      lexer_.next();
      if (!comparison(token, one)) return false;
    }
    requirements.push_back(std::move(one));
    return true;
  }

  bool comparison(std::string_view sign, Requirement& one) {
    if (sign == "in" || sign == "notin") {
      one.op = sign == "in" ? Operator::kIn : Operator::kNotIn;
      if (!set(one.values)) return false;
    } else if (sign == "=" || sign == "==" || sign == "!=" || sign == ">" || sign == "<") {
      one.op = sign == "!="  ? Operator::kNotEquals
               : sign == ">" ? Operator::kGreater
               : sign == "<" ? Operator::kLess
                             : Operator::kEquals;
      const std::string_view value = lexer_.peek();
      if (is_word(value))
        lexer_.next();
      else if (!value.empty() && value != ",")
        return wrong("found '{}', expected: identifier", value);
      one.values.emplace(is_word(value) ? value : std::string_view{});
    } else {
      return wrong("found '{}', expected: in, notin, =, ==, !=, gt, lt", sign);
    }
    return good_values(one);
  }

  // `(a, b)`; an empty element is the empty value.
  bool set(std::set<std::string, std::less<>>& values) {
    std::string_view token = lexer_.next();
    if (token != "(") return wrong("found '{}' expected: '('", token);
    for (;;) {
      token = lexer_.next();
      if (token == "," || token == ")") {
        values.emplace();
        if (token == ")") return true;
        continue;
      }
      if (!is_word(token)) return wrong("found '{}', expected: ',', ')' or identifier", token);
      values.emplace(token);
      token = lexer_.next();
      if (token == ")") return true;
      if (token != ",") return wrong("found '{}', expected: ',' or ')'", token);
    }
  }

  bool good_values(const Requirement& one) {
    std::size_t index = 0;
    for (const std::string& value : one.values) {
      if ((one.op == Operator::kGreater || one.op == Operator::kLess) && !number_of(value))
        return wrong("values[{}]: Invalid value: \"{}\": for 'Gt', 'Lt' operators, the value must be an integer", index,
                     value);
      if (const auto why = label_value_complaints(value); !why.empty())
        return wrong("values[{}][{}]: Invalid value: \"{}\": {}", index, one.key, value, fmt::join(why, "; "));
      ++index;
    }
    return true;
  }

  Lexer lexer_;
};

}  // namespace

bool Requirement::matches(const Value& labels) const {
  const Value* found = labels.find(key);
  switch (op) {
    case Operator::kEquals:
    case Operator::kIn:
      return found != nullptr && values.contains(found->text());
    case Operator::kNotEquals:
    case Operator::kNotIn:
      return found == nullptr || !values.contains(found->text());
    case Operator::kExists:
      return found != nullptr;
    case Operator::kNotExists:
      return found == nullptr;
    case Operator::kGreater:
    case Operator::kLess: {
      const auto number = found == nullptr ? std::nullopt : number_of(found->text());
      const auto limit = number_of(*values.begin());
      return number && limit && (op == Operator::kGreater ? *number > *limit : *number < *limit);
    }
  }
  return false;
}

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  SelectorReader reader(text);
  if (!reader.read()) return bad_request(reader.mistake);
  LabelSelector selector;
  selector.requirements_ = std::move(reader.requirements);
  return selector;
}

Outcome<LabelSelector> LabelSelector::from_value(const Value& value) {
  LabelSelector selector;
  for (const Member& pair : value["matchLabels"].fields())
    selector.requirements_.push_back({std::string(pair.name()), Operator::kEquals, {pair.value.string()}});
  for (const Value& expression : value["matchExpressions"]) {
    Requirement requirement;
    requirement.key = expression["key"].text();
    const std::string_view op = expression["operator"].text();
    if (op == "In")
      requirement.op = Operator::kIn;
    else if (op == "NotIn")
      requirement.op = Operator::kNotIn;
    else if (op == "Exists")
      requirement.op = Operator::kExists;
    else if (op == "DoesNotExist")
      requirement.op = Operator::kNotExists;
    else
      return bad_request(fmt::format("\"{}\" is not a valid label selector operator", op));
    for (const Value& one : expression["values"]) requirement.values.insert(one.string());
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

std::string LabelSelector::text() const {
  std::vector<const Requirement*> sorted;
  for (const Requirement& requirement : requirements_) sorted.push_back(&requirement);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Requirement* left, const Requirement* right) { return left->key < right->key; });
  std::string text;
  for (const Requirement* requirement : sorted) {
    if (!text.empty()) text += ',';
    if (requirement->op == Operator::kNotExists) text += '!';
    text += requirement->key;
    const std::string values = fmt::format("{}", fmt::join(requirement->values, ","));
    switch (requirement->op) {
      case Operator::kEquals:
        text += "=" + values;
        break;
      case Operator::kNotEquals:
        text += "!=" + values;
        break;
      case Operator::kGreater:
        text += ">" + values;
        break;
      case Operator::kLess:
        text += "<" + values;
        break;
      case Operator::kIn:
        text += fmt::format(" in ({})", values);
        break;
      case Operator::kNotIn:
        text += fmt::format(" notin ({})", values);
        break;
      case Operator::kExists:
      case Operator::kNotExists:
        break;
    }
  }
  return text;
}

bool LabelSelector::matches(const Value& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&labels](const Requirement& requirement) { return requirement.matches(labels); });
}

}  // namespace plumbline::kube
