#include "conformance/contract/descriptor.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "model/nearest.h"

namespace plumbline::conformance {
namespace {

/// Collects mistakes with their places, so that one pass reports all of them.
class Mistakes {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& mark, const std::string& text) {
    if (!text_.empty()) text_ += '\n';
    text_ += place_of(mark) + ": " + text;
  }
  std::string place_of(const YAML::Mark& mark) const {
    const auto place = mark.is_null() ? std::pair{1, 1} : std::pair{mark.line + 1, mark.column + 1};
    return fmt::format("{}:{}:{}", file_, place.first, place.second);
  }
  bool none() const { return text_.empty(); }
  Error error() const { return {Reason::kInvalidValue, text_, "", file_}; }

 private:
  std::string file_;
  std::string text_;
};

using Visit = std::function<void(const YAML::Node&)>;

/// Visits each field of the mapping `node` by name; unknown and repeated ones are mistakes.
void read_fields(const YAML::Node& node, const std::string& what, const std::map<std::string, Visit>& fields,
                 Mistakes& mistakes) {
  if (!node.IsMap()) return mistakes.add(node.Mark(), what + ": expected a mapping of fields");
  std::set<std::string> seen;
  std::vector<std::string> known;
  known.reserve(fields.size());
  for (const auto& [name, visit] : fields) known.push_back(name);
  for (const auto& entry : node) {
    const std::string name = entry.first.as<std::string>("");
    const auto found = fields.find(name);
    if (found == fields.end()) {
      mistakes.add(entry.first.Mark(), fmt::format("{}: unknown field '{}'{}", what, name, suggestion(name, known)));
    } else if (!seen.insert(name).second) {
      mistakes.add(entry.first.Mark(), fmt::format("{}: field '{}' is given twice", what, name));
    } else {
      found->second(entry.second);
    }
  }
}

Visit text_into(std::string& into, const std::string& what, Mistakes& mistakes) {
  return [&into, what, &mistakes](const YAML::Node& node) {
    if (!node.IsScalar() || node.Scalar().empty()) return mistakes.add(node.Mark(), what + ": expected a text");
    into = node.Scalar();
  };
}

Visit constant(const std::string& what, const std::string& wanted, Mistakes& mistakes) {
  return [=, &mistakes](const YAML::Node& node) {
    if (!node.IsScalar() || node.Scalar() != wanted) {
      mistakes.add(node.Mark(), fmt::format("{}: expected '{}'", what, wanted));
    }
  };
}

Visit duration_into(std::chrono::milliseconds& into, const std::string& what, Mistakes& mistakes) {
  return [&into, what, &mistakes](const YAML::Node& node) {
    const auto parsed = parse_duration(node.IsScalar() ? node.Scalar() : "");
    if (!parsed) return mistakes.add(node.Mark(), what + ": " + parsed.error().text);
    if (parsed->count() == 0) return mistakes.add(node.Mark(), what + ": must be longer than 0");
    into = *parsed;
  };
}

Visit texts_into(std::vector<std::string>& into, const std::string& what, Mistakes& mistakes) {
  return [&into, what, &mistakes](const YAML::Node& node) {
    if (!node.IsSequence()) return mistakes.add(node.Mark(), what + ": expected a list of texts, such as [a, b]");
    for (const auto& entry : node) {
      if (entry.IsScalar()) {
        into.push_back(entry.Scalar());
      } else {
        mistakes.add(entry.Mark(), what + ": expected a text");
      }
    }
  };
}

void read_spec(const YAML::Node& node, Descriptor& descriptor, Mistakes& mistakes) {
  std::string driver;
  const auto read_features = [&](const YAML::Node& list) {
    std::vector<std::string> features;
    texts_into(features, "features", mistakes)(list);
    if (!list.IsSequence()) return;
    for (std::size_t i = 0; i < features.size() && i < list.size(); ++i) {
      const auto& known = contract_features();
      if (std::find(known.begin(), known.end(), features[i]) == known.end()) {
        mistakes.add(list[i].Mark(),
                     fmt::format("features: unknown feature '{}'{}", features[i], suggestion(features[i], known)));
      }
    }
    descriptor.features = features;
  };
  const auto read_deadlines = [&](const YAML::Node& map) {
    Deadlines& to = descriptor.deadlines;
    read_fields(map, "deadlines",
                {{"control", duration_into(to.control, "deadlines.control", mistakes)},
                 {"start", duration_into(to.start, "deadlines.start", mistakes)},
                 {"propagation", duration_into(to.propagation, "deadlines.propagation", mistakes)},
                 {"failover", duration_into(to.failover, "deadlines.failover", mistakes)}},
                mistakes);
  };
  const auto read_codes = [&](const YAML::Node& map) {
    if (!map.IsMap()) return mistakes.add(map.Mark(), "errorCodes: expected a mapping of code to reason");
    for (const auto& entry : map) {
      Reason reason{};
      const std::string name = entry.second.as<std::string>("");
      if (!parse_reason(name, reason)) {
        mistakes.add(entry.second.Mark(), fmt::format("errorCodes: '{}' is no reason of the contract", name));
      }
      descriptor.error_codes[entry.first.as<std::string>("")] = name;
    }
  };
  const auto read_known_failures = [&](const YAML::Node& list) {
    if (!list.IsSequence()) return mistakes.add(list.Mark(), "knownFailures: expected a list of {rule, reason}");
    for (const auto& entry : list) {
      std::string rule;
      KnownFailure failure;
      read_fields(entry, "knownFailures",
                  {{"rule", text_into(rule, "knownFailures.rule", mistakes)},
                   {"reason", text_into(failure.reason, "knownFailures.reason", mistakes)}},
                  mistakes);
      if (entry.IsMap() && (rule.empty() || failure.reason.empty())) {
        mistakes.add(entry.Mark(), "knownFailures: both rule and reason are required");
      }
      failure.rule = RuleId(rule);
      descriptor.known_failures.push_back(failure);
    }
  };
  read_fields(node, "spec",
              {{"driver", text_into(driver, "driver", mistakes)},
               {"command", texts_into(descriptor.command, "command", mistakes)},
               {"attach", text_into(descriptor.attach, "attach", mistakes)},
               {"deadlines", read_deadlines},
               {"features", read_features},
               {"errorCodes", read_codes},
               {"knownFailures", read_known_failures}},
              mistakes);
  if (!node.IsMap()) return;
  if (driver == "tencentcloud") {
    descriptor.driver = DriverKind::kTencentCloud;
    mistakes.add(node["driver"].Mark(), "driver: 'tencentcloud' is not offered yet; use jsonrpc");
  } else if (driver.empty()) {
    mistakes.add(node.Mark(), "spec: driver is required; write `driver: jsonrpc`");
  } else if (driver != "jsonrpc") {
    mistakes.add(node["driver"].Mark(), fmt::format("driver: unknown driver '{}'; use jsonrpc", driver));
  }
  for (const char* start : {"command", "attach"}) {
    if (const YAML::Node given = node[start]) descriptor.start_place = mistakes.place_of(given.Mark());
  }
  if (descriptor.command.empty() == descriptor.attach.empty()) {
    mistakes.add(node.Mark(), "spec: exactly one of command and attach is required");
  }
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kHidden = "/dev/shm/";
  if (!descriptor.attach.empty()) {
    if (descriptor.attach.starts_with(kUnix)) {
      const std::string path = descriptor.attach.substr(kUnix.size());
      descriptor.attach = (std::filesystem::path(descriptor.folder) / path).lexically_normal().string();
      if (path.empty() || path.back() == '/')
        mistakes.add(node["attach"].Mark(), "attach: a file's path follows unix:");
      if (descriptor.attach.starts_with(kHidden)) {
        mistakes.add(node["attach"].Mark(), "attach: a world has a /dev/shm of its own; put the socket elsewhere");
      }
    } else {
      mistakes.add(node["attach"].Mark(), "attach: expected unix:/path/of/socket");
    }
  }
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

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kNumberMax = 1'000'000'000;
  if (failure != std::errc() || number < 0 || number > kNumberMax) {
    return Error{Reason::kInvalidValue, fmt::format("'{}' is no duration; write 250ms, 30s or 2m", text), "", ""};
  }
  if (unit == "ms") return std::chrono::milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  return Error{
      Reason::kInvalidValue,
      fmt::format("'{}' has {}; write {}ms, {}s or {}m", text,
                  unit.empty() ? "no unit" : fmt::format("the unknown unit '{}'", unit), number, number, number),
      "", ""};
}

Result<Descriptor> parse_descriptor(const std::string& text, const std::string& path) {
  Mistakes mistakes(path);
  Descriptor descriptor;
  descriptor.file = path;
  descriptor.folder = std::filesystem::absolute(path).parent_path().string();
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& broken) {
    mistakes.add(broken.mark, broken.msg);
    return mistakes.error();
  }
  bool has_spec = false;
  try {
    const auto read_metadata = [&](const YAML::Node& node) {
      read_fields(node, "metadata", {{"name", text_into(descriptor.name, "metadata.name", mistakes)}}, mistakes);
    };
    read_fields(root, "descriptor",
                {{"apiVersion", constant("apiVersion", "plumbline/v1", mistakes)},
                 {"kind", constant("kind", "Candidate", mistakes)},
                 {"metadata", read_metadata},
                 {"spec",
                  [&](const YAML::Node& node) {
                    has_spec = true;
                    read_spec(node, descriptor, mistakes);
                  }}},
                mistakes);
    if (root.IsMap()) {
      for (const char* required : {"apiVersion", "kind"}) {
        if (!root[required]) mistakes.add(root.Mark(), fmt::format("descriptor: {} is required", required));
      }
      if (descriptor.name.empty()) mistakes.add(root.Mark(), "descriptor: metadata.name is required");
      if (!has_spec) mistakes.add(root.Mark(), "descriptor: spec is required");
    }
  } catch (const YAML::Exception& broken) {
    mistakes.add(broken.mark, broken.msg);
  }
  if (!mistakes.none()) return mistakes.error();
  return descriptor;
}

Result<Descriptor> load_descriptor(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> some{};
  while (in && text.size() <= kDescriptorBytesMax) {
    in.read(some.data(), some.size());
    text.append(some.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) {
    const char* why = std::strerror(errno);
    return Error{Reason::kNotFound, fmt::format("{}: cannot be read as a candidate's descriptor: {}", path, why), "",
                 path};
  }
  if (text.size() > kDescriptorBytesMax)
    return Error{Reason::kInvalidValue, fmt::format("{}: larger than {} bytes", path, kDescriptorBytesMax), "", path};
  return parse_descriptor(text, path);
}

}  // namespace plumbline::conformance
