// Objects as text, and what is wrong with them in short words. For tests only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/kube/api/defaults.h"
#include "simulator/kube/schema/names.h"
#include "simulator/kube/store/fixture.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {

class ValidationTest : public testing::Test {
 protected:
  /// %C% is a good container, %TEMPLATE% a good template, %GOOD% a selector and a template that match. An object has a
  /// good name unless it says another; what was left out is filled in.
  Value object(KindId kind, std::string text) const {
    replace(text, "%GOOD%", R"("selector":{"matchLabels":{"a":"b"}},%TEMPLATE%)");
    replace(text, "%TEMPLATE%", R"("template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{%C%}]}})");
    replace(text, "%C%", R"("name":"c","image":"i")");
    Value made = value_of(text);
    if (!std::as_const(made).contains("metadata")) made["metadata"]["name"] = "n";
    set_defaults(registry_.kind(kind), made);
    return made;
  }
  /// "spec.ports[0].name: Required value, ...": long explanations are "<label>", "<subdomain>" ...
  std::string causes(KindId kind, const Value& object, const Object* current = nullptr) const {
    std::string all;
    for (const Cause& cause : validate(registry_.kind(kind), object, current))
      all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", cause.field, cause.message);
    replace(all, dns_label_complaints("").front(), "<label>");
    replace(all, dns_subdomain_complaints("").front(), "<subdomain>");
    replace(all, dns_1035_complaints("").front(), "<1035>");
    replace(all, qualified_name_complaints("-").front(), "<name>");
    replace(all, label_value_complaints("-").front(), "<value>");
    replace(all,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
            "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
            "<key>");
    return all;
  }
  using Refusals = std::vector<std::pair<std::string, const char*>>;  ///< objects, and what is wrong with each
  void expect_refused(KindId kind, const Refusals& refusals) const {
    for (const auto& [text, why] : refusals) EXPECT_EQ(causes(kind, object(kind, text)), why) << text;
  }
  /// What is wrong with `after` when the object was `before`.
  std::string changed(KindId kind, std::string_view before, std::string_view after) const {
    const Object current = object_of(kind, object(kind, std::string(before)));
    return causes(kind, object(kind, std::string(after)), &current);
  }
  Registry registry_;

 private:
  static void replace(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
      text.replace(at, what.size(), with);
  }
};

}  // namespace plumbline::kube
