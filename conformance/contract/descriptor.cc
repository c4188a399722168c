#include "conformance/contract/descriptor.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/nearest.h"
#include "simulator/yaml/document.h"
#include "simulator/yaml/fields.h"

namespace plumbline::conformance {
namespace {

using yaml::Fields;
using yaml::Problems;

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kHidden = "/dev/shm/";

class DescriptorReader {
 public:
  DescriptorReader(Descriptor& descriptor, Problems& problems) : descriptor_(descriptor), problems_(problems) {}

  void read_metadata(const yaml::Value& value) {
    Fields fields(value, "metadata", problems_);
    descriptor_.name = full_text(fields, "name");
    fields.finish();
  }

  void read_spec(const yaml::Value& value) {
    Fields fields(value, "a Candidate's spec", problems_);
    read_driver(fields);
    read_start(fields);
    if (const yaml::Value* deadlines = fields.find("deadlines")) read_deadlines(*deadlines);
    read_features(fields);
    read_error_codes(fields);
    for (const yaml::Value* one : fields.list("knownFailures")) read_known_failure(*one);
    fields.finish();
  }

 private:
  void read_driver(Fields& fields) {
    const yaml::Value* driver = fields.find_scalar("driver", true);
    if (driver == nullptr || driver->text == "jsonrpc") return;
    if (driver->text == "tencentcloud") {
      descriptor_.driver = DriverKind::kTencentCloud;
      fields.problem(driver, "driver 'tencentcloud' is not offered yet; use jsonrpc");
    } else {
      fields.problem(driver, fmt::format("'driver' cannot be '{}'; use jsonrpc", driver->text));
    }
  }

  void read_start(Fields& fields) {
    fields.one_of("command", "attach");
    const yaml::Value *command = fields.find("command"), *attach = fields.find_scalar("attach");
    descriptor_.command = words(fields, "command");
    if (command == nullptr && attach == nullptr) return;
    descriptor_.start_place = to_string((command != nullptr ? command : attach)->place);
    if (command != nullptr && command->is_list() && command->items.empty())
      fields.problem(command, "'command' is a program and its arguments, not an empty list");
    if (attach != nullptr) read_attach(*attach);
  }

  /// A list of words.
  std::vector<std::string> words(Fields& fields, const std::string& name) {
    std::vector<std::string> words;
    for (const yaml::Value* one : fields.list(name)) {
      if (!one->is_scalar())
        fields.problem(one, fmt::format("'{}' takes a list of words, not {}", name, one->kind_name()));
      words.push_back(one->text);
    }
    return words;
  }

  void read_attach(const yaml::Value& attach) {
    if (!attach.text.starts_with(kUnix)) return problems_.add(attach.place, "'attach' is unix:/path/of/socket");
    const std::string path = attach.text.substr(kUnix.size());
    if (path.empty() || path.back() == '/') problems_.add(attach.place, "'attach': a file's path follows unix:");
    descriptor_.attach = (std::filesystem::path(descriptor_.folder) / path).lexically_normal().string();
    if (descriptor_.attach.starts_with(kHidden))
      problems_.add(attach.place, "'attach': a world has a /dev/shm of its own; put the socket elsewhere");
  }

  void read_deadlines(const yaml::Value& value) {
    Deadlines& to = descriptor_.deadlines;
    Fields fields(value, "deadlines", problems_);
    for (const auto& [name, into] : {std::pair{"control", &to.control},
                                     {"start", &to.start},
                                     {"propagation", &to.propagation},
                                     {"failover", &to.failover}}) {
      const auto given = fields.duration(name);
      if (!given) continue;
      if (given->count() == 0) fields.problem(fields.find(name), fmt::format("'{}' must be longer than 0", name));
      *into = *given;
    }
    fields.finish();
  }

  void read_features(Fields& fields) {
    if (fields.find("features") == nullptr) return;
    const auto& known = contract_features();
    descriptor_.features = words(fields, "features");
    for (const yaml::Value* one : fields.list("features")) {
      if (!one->is_scalar() || std::find(known.begin(), known.end(), one->text) != known.end()) continue;
      fields.problem(one, fmt::format("no feature '{}'{}", one->text, suggestion(one->text, known)));
    }
  }

  void read_error_codes(Fields& fields) {
    for (const auto& [code, reason] : fields.labels("errorCodes")) descriptor_.error_codes[code] = reason;
    const yaml::Value* value = fields.find("errorCodes");
    if (value == nullptr) return;
    for (const yaml::Entry& entry : value->entries) {
      Reason reason{};
      const bool is_word = entry.value.is_scalar() || entry.value.is_null();
      if (is_word && !parse_reason(entry.value.text, reason))
        fields.problem(&entry.value, fmt::format("'{}' is no reason of the contract", entry.value.text));
    }
  }

  void read_known_failure(const yaml::Value& value) {
    Fields fields(value, "a known failure", problems_);
    KnownFailure failure;
    failure.rule = RuleId(full_text(fields, "rule"));
    failure.reason = full_text(fields, "reason");
    if (const yaml::Value* rule = fields.find("rule")) failure.place = rule->place;
    fields.finish();
    if (!failure.rule.str().empty()) descriptor_.known_failures.push_back(std::move(failure));
  }

  /// A word that has to be there.
  static std::string full_text(Fields& fields, const std::string& name) {
    const yaml::Value* value = fields.find_scalar(name, true);
    if (value != nullptr && value->text.empty()) fields.problem(value, fmt::format("'{}' is empty", name));
    return value == nullptr ? "" : value->text;
  }

  Descriptor& descriptor_;
  Problems& problems_;
};

Result<Descriptor> finished(Descriptor descriptor, const Problems& problems, const std::string& path) {
  if (problems.empty()) return descriptor;
  std::string text = problems.text();
  text.pop_back();
  return Error{Reason::kInvalidValue, std::move(text), "", path};
}

}  // namespace

const std::vector<std::string>& contract_features() {
  static const std::vector<std::string> kFeatures{"multi-cluster", "cluster-authorization",
                                                  "instances",     "regions",
                                                  "vpc-scope",     "multi-vpc",
                                                  "service-limit", "extra-labels",
                                                  "host-header",   "https-backend",
                                                  "tags",          "api-frontend",
                                                  "api-release",   "response-result",
                                                  "weights",       "retries",
                                                  "upgrade",       "introspection",
                                                  "restart",       "reload",
                                                  "reset"};
  return kFeatures;
}

Descriptor read_descriptor(std::vector<yaml::Value> documents, const std::string& path, Problems& problems) {
  Descriptor descriptor;
  descriptor.file = path;
  descriptor.folder = std::filesystem::absolute(path).parent_path().string();
  const yaml::Value document = yaml::one_document(std::move(documents), path, "Candidate", problems);
  DescriptorReader reader(descriptor, problems);
  if (const yaml::Value* metadata = document.find("metadata"); metadata != nullptr && !metadata->is_null())
    reader.read_metadata(*metadata);
  if (const yaml::Value* spec = document.find("spec"); spec != nullptr && !spec->is_null()) reader.read_spec(*spec);
  return descriptor;
}

Result<Descriptor> parse_descriptor(const std::string& text, const std::string& path) {
  Problems problems;
  auto documents = yaml::read_yaml(text, path, problems);
  return finished(read_descriptor(std::move(documents), path, problems), problems, path);
}

Result<Descriptor> load_descriptor(const std::string& path) {
  Problems problems;
  const auto text = yaml::read_yaml_text(path, {path, 0, 0}, problems);
  if (!text)
    return Error{Reason::kNotFound, problems.list().front().place.file + ": " + problems.list().front().text, "", path};
  return parse_descriptor(*text, path);
}

}  // namespace plumbline::conformance
