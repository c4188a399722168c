#include "simulator/world/world_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>

#include "model/nearest.h"
#include "simulator/world/spec_check.h"
#include "simulator/world/yaml_fields.h"

namespace plumbline::world {
namespace {

using nlohmann::json;

template <class Number>
bool is_number(const std::string& text, Number& value) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(begin, end, value);
  return !text.empty() && failure == std::errc{} && rest == end;
}

/// YAML 1.2, 10.3.2, without octal and hexadecimal numbers, which manifests do not use.
json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::int64_t whole = 0;
  if (is_number(text, whole)) return whole;
  double real = 0;
  if (text.find_first_not_of("+-.0123456789eE") == std::string::npos && is_number(text, real)) return real;
  return text;
}

/// YAML to JSON within the limits of a manifest: aliases make small files large, or endless.
class Converter {
 public:
  /// Discarded when a limit is breached.
  json convert(const YAML::Node& node) {
    json converted = convert(node, 0);
    return too_much_ ? json(json::value_t::discarded) : converted;
  }

 private:
  json convert(const YAML::Node& node, int depth) {
    too_much_ = too_much_ || depth > kManifestDepthMax || ++values_ > kManifestValuesMax;
    if (too_much_) return nullptr;
    switch (node.Type()) {
      case YAML::NodeType::Map: {
        json object = json::object();
        for (const auto& entry : node) {
          if (too_much_) break;
          object[entry.first.Scalar()] = convert(entry.second, depth + 1);
        }
        return object;
      }
      case YAML::NodeType::Sequence: {
        json list = json::array();
        for (const YAML::Node& element : node) {
          if (too_much_) break;
          list.push_back(convert(element, depth + 1));
        }
        return list;
      }
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" ? plain_scalar(node.Scalar()) : json(node.Scalar());
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        break;
    }
    return nullptr;
  }

  std::size_t values_ = 0;
  bool too_much_ = false;
};

class WorldReader {
 public:
  explicit WorldReader(const std::filesystem::path& file) : file_(file), problems_(file.string()) {}

  WorldReading read(const YAML::Node& document) {
    {
      YamlFields fields(document, "a World", problems_);
      expect(fields, "apiVersion", "plumbline/v1");
      expect(fields, "kind", "World");
      if (const YAML::Node metadata = fields.node("metadata", true); metadata.IsDefined()) {
        spec_.name = YamlFields(metadata, "metadata", problems_).text("name", "", true);
      }
      if (const YAML::Node spec = fields.node("spec", true); spec.IsDefined()) read_spec(spec);
    }
    return {std::move(spec_), problems_.take()};
  }

 private:
  void expect(YamlFields& fields, const std::string& name, const std::string& value) {
    const std::string text = fields.text(name, value, true);
    if (text != value) problems_.add(fields.mark(name), fmt::format("'{}' must be {}, not '{}'", name, value, text));
  }

  void read_spec(const YAML::Node& node) {
    YamlFields fields(node, "a World's spec", problems_);
    for (const std::string& region : fields.texts("regions", true)) spec_.regions.emplace_back(region);
    spec_.foreign_unreachable = fields.flag("foreignUnreachable", false);
    places_["vpcs"] = fields.maps("vpcs", true);
    places_["clusters"] = fields.maps("clusters", true);
    places_["instances"] = fields.maps("instances", true);
    places_["principals"] = fields.maps("principals", true);
    for (const YAML::Node& one : places_["vpcs"]) read_vpc(one);
    for (const YAML::Node& one : places_["clusters"]) read_cluster(one);
    for (const YAML::Node& one : places_["instances"]) read_instance(one);
    for (const YAML::Node& one : places_["principals"]) read_principal(one);
    for (const SpecProblem& problem : check(spec_)) {
      const auto& list = places_[problem.kind];
      if (problem.index >= list.size()) {
        problems_.add(fields.mark(problem.kind), problem.text);
        continue;
      }
      const YAML::Node& element = list[problem.index];
      const YAML::Node field = problem.field.empty() ? element : element[problem.field];
      problems_.add((field.IsDefined() ? field : element).Mark(), problem.text);
    }
  }

  void read_vpc(const YAML::Node& node) {
    YamlFields fields(node, "a VPC", problems_);
    VpcSpec vpc;
    vpc.name = VpcId(fields.text("name"));
    vpc.region = RegionId(fields.text("region"));
    vpc.cidr = fields.text("cidr", vpc.cidr);
    spec_.vpcs.push_back(std::move(vpc));
  }

  void read_cluster(const YAML::Node& node) {
    YamlFields fields(node, "a cluster", problems_);
    ClusterSpec cluster;
    cluster.name = ClusterId(fields.text("name"));
    cluster.vpc = VpcId(fields.text("vpc"));
    cluster.pod_cidr = fields.text("podCidr", cluster.pod_cidr);
    cluster.service_cidr = fields.text("serviceCidr", cluster.service_cidr);
    cluster.intranet = fields.flag("intranet", cluster.intranet);
    for (const YAML::Node& one : fields.maps("nodes")) {
      YamlFields node_fields(one, "a node", problems_);
      NodeSpec spec;
      spec.name = node_fields.text("name", "", true);
      if (const YAML::Node labels = node_fields.node("labels"); labels.IsMap()) {
        for (const auto& label : labels) spec.labels[label.first.Scalar()] = label.second.Scalar();
      } else if (labels.IsDefined()) {
        problems_.add(labels.Mark(), "'labels' must be a map");
      }
      cluster.nodes.push_back(std::move(spec));
    }
    if (const YAML::Node manifests = fields.node("manifests"); manifests.IsSequence()) {
      for (const YAML::Node& one : manifests) read_manifest(one, cluster);
    } else if (manifests.IsDefined()) {
      problems_.add(manifests.Mark(), "'manifests' must be a list");
    }
    spec_.clusters.push_back(std::move(cluster));
  }

  void read_manifest(const YAML::Node& node, ClusterSpec& cluster) {
    if (!node.IsScalar()) return add_manifest(node, cluster, problems_);
    const std::filesystem::path path = file_.parent_path() / node.Scalar();
    if (!std::filesystem::is_regular_file(path)) {
      return problems_.add(node.Mark(), fmt::format("there is no file {}", path.lexically_normal().string()));
    }
    Problems inside(path.lexically_normal().string());
    try {
      for (const YAML::Node& document : YAML::LoadAllFromFile(path.string())) {
        if (!document.IsNull()) add_manifest(document, cluster, inside);
      }
    } catch (const YAML::Exception& failure) {
      inside.add(failure.mark, failure.msg);
    }
    for (FileProblem& problem : inside.take()) problems_.add(std::move(problem));
  }

  static void add_manifest(const YAML::Node& node, ClusterSpec& cluster, Problems& problems) {
    const bool complete = node.IsMap() && node["kind"].IsDefined() && node["metadata"].IsDefined();
    if (!complete) return problems.add(node.Mark(), "a manifest needs 'kind' and 'metadata'");
    json manifest = Converter().convert(node);
    if (manifest.is_discarded()) return problems.add(node.Mark(), "nested too deeply, or too many values");
    cluster.manifests.push_back(std::move(manifest));
  }

  void read_instance(const YAML::Node& node) {
    YamlFields fields(node, "an instance", problems_);
    InstanceSpec instance;
    instance.name = InstanceId(fields.text("name"));
    const std::string kind = fields.text("kind", "dedicated");
    if (kind != "dedicated" && kind != "shared") {
      problems_.add(fields.mark("kind"), fmt::format("'kind' must be dedicated or shared, not '{}'{}", kind,
                                                     suggestion(kind, {"dedicated", "shared"})));
    }
    instance.kind = kind == "shared" ? InstanceKind::kShared : InstanceKind::kDedicated;
    instance.region = RegionId(fields.text("region"));
    instance.vpc = VpcId(fields.text("vpc"));
    instance.attached = fields.flag("attached", false);
    spec_.instances.push_back(std::move(instance));
  }

  void read_principal(const YAML::Node& node) {
    YamlFields fields(node, "a principal", problems_);
    PrincipalSpec principal;
    principal.name = fields.text("name");
    for (const std::string& cluster : fields.texts("adminOf")) principal.admin_of.emplace_back(cluster);
    spec_.principals.push_back(std::move(principal));
  }

  std::filesystem::path file_;
  Problems problems_;
  WorldSpec spec_;
  std::map<std::string, std::vector<YAML::Node>> places_;
};

}  // namespace

json to_json(const YAML::Node& node) { return Converter().convert(node); }

WorldReading read_world(const YAML::Node& document, const std::filesystem::path& file) {
  return WorldReader(file).read(document);
}

WorldReading read_world_file(const std::filesystem::path& file) {
  WorldReader reader(file);
  if (!std::filesystem::is_regular_file(file)) return {{}, {{file.string(), 0, 0, "there is no such file"}}};
  try {
    const YAML::Node document = YAML::LoadFile(file.string());
    return reader.read(document);
  } catch (const YAML::Exception& failure) {
    return {{}, {{file.string(), failure.mark.line + 1, failure.mark.column + 1, failure.msg}}};
  }
}

}  // namespace plumbline::world
