#include "simulator/kube/schema/notation.h"

#include <fmt/format.h>

#include <map>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

struct Basic {
  std::string_view word;
  Type::Form form;
  std::int8_t bits = 0;
  bool micro = false;
};

constexpr Basic kBasics[] = {
    {"string", Type::Form::kString},      {"bool", Type::Form::kBoolean},  {"int32", Type::Form::kInteger, 32},
    {"int64", Type::Form::kInteger, 64},  {"number", Type::Form::kNumber}, {"quantity", Type::Form::kQuantity},
    {"intstr", Type::Form::kIntOrString}, {"time", Type::Form::kTime},     {"microtime", Type::Form::kTime, 0, true},
    {"bytes", Type::Form::kBytes},        {"any", Type::Form::kAny},
};

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(by);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// Words of a line; the description in quotes is one word, its quotes kept.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    std::size_t end = 0;
    if (line.front() == '"') {
      end = line.rfind('"') + 1;
    } else {
      end = std::min(line.find(' '), line.size());
      // A preset in JSON may hold blanks: it goes on to the next blank outside of brackets.
      if (line.front() == '=') {
        int depth = 0;
        for (end = 0; end < line.size() && (depth > 0 || line[end] != ' '); ++end) {
          depth += line[end] == '{' || line[end] == '[' ? 1 : line[end] == '}' || line[end] == ']' ? -1 : 0;
        }
      }
    }
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

class NotationReader {
 public:
  TypeSet read(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    // Names first, so that types may refer to later ones.
    for (const std::string_view line : lines) {
      ++line_;
      if (line.empty() || line.front() == ' ' || line.front() == '#') continue;
      const std::string name(words_of(line).front());
      if (named_.contains(name)) fail(fmt::format("type '{}' is described twice", name));
      Type type;
      type.form = Type::Form::kObject;
      type.name = name;
      named_[name] = &set_.add(std::move(type));
    }
    line_ = 0;
    for (const std::string_view line : lines) {
      ++line_;
      const auto words = words_of(line);
      if (words.empty() || words.front().front() == '#') continue;
      if (line.front() != ' ') {
        head(words);
      } else if (type_ == nullptr) {
        fail("a field stands before any type");
      } else {
        type_->fields.push_back(field(words));
      }
    }
    complete_copies();
    return std::move(set_);
  }

 private:
  /// A type that was copied before its fields were read has them now.
  void complete_copies() {
    for (const auto& [copy, original] : copies_) {
      if (original == nullptr) continue;
      copy->fields = original->fields;
      copy->name = original->name;
      copy->description = original->description;
    }
  }
  [[noreturn]] void fail(const std::string& why) const { throw NotationError(fmt::format("line {}: {}", line_, why)); }

  static bool is_description(std::string_view word) { return word.size() >= 2 && word.front() == '"'; }
  static std::string unquoted(std::string_view word) { return std::string(word.substr(1, word.size() - 2)); }

  void head(const std::vector<std::string_view>& words) {
    type_ = named_.at(std::string(words.front()));
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (is_description(words[i])) {
        type_->description = unquoted(words[i]);
      } else if (words[i] == "atomic") {
        type_->atomic = true;
      } else if (words[i] == "open") {
        type_->open = true;
      } else if (words[i] == "=" && i + 1 < words.size()) {
        const Basic* basic = basic_of(words[++i]);
        if (basic == nullptr) fail(fmt::format("'{}' is no basic type", words[i]));
        type_->form = basic->form;
        type_->bits = basic->bits;
        type_->micro = basic->micro;
      } else {
        fail(fmt::format("'{}' says nothing about a type", words[i]));
      }
    }
  }

  static const Basic* basic_of(std::string_view word) {
    for (const Basic& basic : kBasics) {
      if (basic.word == word) return &basic;
    }
    return nullptr;
  }

  /// The type that `text` names. Lists and maps are types of their own, made for each use.
  Type* type_of(std::string_view text) {
    if (text.starts_with("[]") || text.starts_with("{}")) {
      Type type;
      type.form = text.front() == '[' ? Type::Form::kList : Type::Form::kMap;
      type.element = type_of(text.substr(2));
      return &set_.add(std::move(type));
    }
    if (const auto named = named_.find(text); named != named_.end()) return named->second;
    if (const auto known = basics_.find(text); known != basics_.end()) return known->second;
    const Basic* basic = basic_of(text);
    if (basic == nullptr) fail(fmt::format("there is no type '{}'", text));
    Type type;
    type.form = basic->form;
    type.bits = basic->bits;
    type.micro = basic->micro;
    return basics_[std::string(text)] = &set_.add(std::move(type));
  }

  Field field(const std::vector<std::string_view>& words) {
    if (words.size() < 2) fail("a field needs a type");
    Field field;
    field.name = words[0];
    if (type_->find(field.name) != nullptr) fail(fmt::format("field '{}' stands twice", field.name));
    Type* type = type_of(words[1]);
    const bool own = words[1].starts_with("[]") || words[1].starts_with("{}");
    for (std::size_t i = 2; i < words.size(); ++i) {
      const std::string_view mark = words[i];
      if (is_description(mark)) {
        field.description = unquoted(mark);
      } else if (mark == "!") {
        field.required = true;
      } else if (mark == "always") {
        field.always = true;
      } else if (mark.front() == '=') {
        field.preset = preset(mark.substr(1));
      } else if (mark.starts_with("enum=")) {
        type = with_choices(*type, mark.substr(5));
      } else if (mark == "retain" || (mark == "atomic" && !own)) {
        // Only here, not wherever the type is used.
        Type copy = *type;
        (mark == "retain" ? copy.retain_keys : copy.atomic) = true;
        type = &set_.add(std::move(copy));
        copies_.emplace_back(type, named_.contains(words[1]) ? named_.find(words[1])->second : nullptr);
      } else if (!own) {
        fail(fmt::format("'{}' is a mark of lists and maps", mark));
      } else if (mark.starts_with("keys=")) {
        type->list = ListType::kMap;
        type->keys = split(mark.substr(5), ',');
        type->merge_key = type->keys.front();
      } else if (mark.starts_with("merge=")) {
        type->merge_key = mark == "merge=-" ? "" : mark.substr(6);
      } else if (mark == "set") {
        type->list = ListType::kSet;
      } else if (mark == "merge") {
        type->merges = true;
      } else if (mark == "atomic") {
        type->atomic = true;
      } else {
        fail(fmt::format("'{}' says nothing about a field", mark));
      }
    }
    field.type = type;
    return field;
  }

  Type* with_choices(const Type& base, std::string_view text) {
    Constraints constraints;
    for (const std::string& word : split(text, '|')) constraints.choices.push_back(word);
    Type copy = base;
    copy.constraints = &set_.add(std::move(constraints));
    return &set_.add(std::move(copy));
  }

  static Value preset(std::string_view text) {
    const Reading reading = read_text(text);
    return reading.value ? *reading.value : Value(text);
  }

 private:
  TypeSet set_;
  std::map<std::string, Type*, std::less<>> named_, basics_;
  std::vector<std::pair<Type*, const Type*>> copies_;
  Type* type_ = nullptr;
  int line_ = 0;
};

}  // namespace

TypeSet read_types(std::string_view text) { return NotationReader().read(text); }

}  // namespace plumbline::kube
