#include "simulator/world/world_file.h"

#include <fmt/format.h>

#include <map>

#include "simulator/world/spec_check.h"
#include "simulator/yaml/document.h"
#include "simulator/yaml/fields.h"

namespace plumbline::world {
namespace {

using yaml::Fields;
using yaml::Problems;

void set_if_given(Fields& fields, const std::string& name, std::string& into) {
  if (const auto text = fields.optional_text(name)) into = *text;
}

/// Reads a world's `spec`. What is missing is left as it is: the check of the whole says so.
class SpecReader {
 public:
  SpecReader(WorldSpec& spec, Problems& problems, std::vector<std::string>& files)
      : spec_(spec), problems_(problems), files_(files) {}

  void read(const yaml::Value& value) {
    Fields fields(value, "a World's spec", problems_);
    for (const std::string& region : fields.texts("regions")) spec_.regions.emplace_back(region);
    spec_.foreign_unreachable = fields.flag("foreignUnreachable");
    for (const yaml::Value* one : places_["vpcs"] = fields.list("vpcs", true)) read_vpc(*one);
    for (const yaml::Value* one : places_["clusters"] = fields.list("clusters", true)) read_cluster(*one);
    for (const yaml::Value* one : places_["instances"] = fields.list("instances", true)) read_instance(*one);
    for (const yaml::Value* one : places_["principals"] = fields.list("principals", true)) read_principal(*one);
    fields.finish();
    for (const SpecProblem& problem : check(spec_)) {
      const auto& list = places_[problem.kind];
      const yaml::Value* at = problem.index < list.size() ? list[problem.index] : value.find(problem.kind);
      const yaml::Value* field = at == nullptr || problem.field.empty() ? nullptr : at->find(problem.field);
      problems_.add((field != nullptr ? *field : at != nullptr ? *at : value).place, problem.text);
    }
  }

 private:
  void read_vpc(const yaml::Value& value) {
    Fields fields(value, "a VPC", problems_);
    VpcSpec vpc;
    vpc.name = VpcId(fields.text("name"));
    vpc.region = RegionId(fields.text("region"));
    set_if_given(fields, "cidr", vpc.cidr);
    fields.finish();
    spec_.vpcs.push_back(std::move(vpc));
  }

  void read_cluster(const yaml::Value& value) {
    Fields fields(value, "a cluster", problems_);
    ClusterSpec cluster;
    cluster.name = ClusterId(fields.text("name"));
    cluster.vpc = VpcId(fields.text("vpc"));
    set_if_given(fields, "podCidr", cluster.pod_cidr);
    set_if_given(fields, "serviceCidr", cluster.service_cidr);
    cluster.intranet = fields.flag("intranet", cluster.intranet);
    for (const yaml::Value* node : fields.list("nodes")) {
      Fields node_fields(*node, "a Node", problems_);
      cluster.nodes.push_back({node_fields.text("name", true), node_fields.labels("labels")});
      node_fields.finish();
    }
    cluster.manifests = read_manifests(fields.list("manifests"), problems_, files_);
    fields.finish();
    spec_.clusters.push_back(std::move(cluster));
  }

  void read_instance(const yaml::Value& value) {
    Fields fields(value, "an instance", problems_);
    InstanceSpec instance;
    instance.name = InstanceId(fields.text("name"));
    const bool shared = fields.choice("kind", {"dedicated", "shared"}) == "shared";
    instance.kind = shared ? InstanceKind::kShared : InstanceKind::kDedicated;
    instance.region = RegionId(fields.text("region"));
    instance.vpc = VpcId(fields.text("vpc"));
    instance.attached = fields.flag("attached");
    fields.finish();
    spec_.instances.push_back(std::move(instance));
  }

  void read_principal(const yaml::Value& value) {
    Fields fields(value, "a principal", problems_);
    PrincipalSpec principal;
    principal.name = fields.text("name");
    for (const std::string& cluster : fields.texts("adminOf")) principal.admin_of.emplace_back(cluster);
    fields.finish();
    spec_.principals.push_back(std::move(principal));
  }

  WorldSpec& spec_;
  Problems& problems_;
  std::vector<std::string>& files_;
  std::map<std::string, std::vector<const yaml::Value*>> places_;
};

}  // namespace

namespace {

/// Whether `document` says what it is; problems say what it lacks.
bool is_manifest(const yaml::Value& document, Problems& problems) {
  const yaml::Value *kind = document.find("kind"), *metadata = document.find("metadata");
  if (kind == nullptr || metadata == nullptr) {
    problems.add(document.place, "a manifest needs 'kind' and 'metadata'");
    return false;
  }
  const auto is_word = [](const yaml::Value& value) { return to_json(value).is_string(); };
  if (!is_word(*kind)) problems.add(kind->place, "'kind' is a word such as Deployment");
  if (!metadata->is_map()) {
    problems.add(metadata->place, fmt::format("'metadata' takes a map of fields, not {}", metadata->kind_name()));
    return false;
  }
  bool is_named = false, is_good = is_word(*kind);
  for (const char* field : {"name", "generateName", "namespace"}) {
    const yaml::Value* value = metadata->find(field);
    if (value == nullptr) continue;
    is_named = is_named || std::string_view(field) != "namespace";
    if (is_word(*value)) continue;
    problems.add(value->place, value->is_scalar()
                                   ? fmt::format("'{}' is text: write \"{}\"", field, value->text)
                                   : fmt::format("'{}' takes a word, not {}", field, value->kind_name()));
    is_good = false;
  }
  if (!is_named) problems.add(metadata->place, "a manifest needs 'metadata.name'");
  return is_good && is_named;
}

}  // namespace

std::vector<Manifest> read_manifests(const std::vector<const yaml::Value*>& list, Problems& problems,
                                     std::vector<std::string>& files) {
  std::vector<Manifest> manifests;
  const auto add = [&](const yaml::Value& document) {
    if (document.is_null()) return;
    if (is_manifest(document, problems)) manifests.push_back({to_json(document), document.place});
  };
  for (const yaml::Value* item : list) {
    if (item->is_map()) {
      add(*item);
    } else if (item->is_scalar()) {
      const std::filesystem::path folder = std::filesystem::path(item->place.file).parent_path();
      const std::string file = (folder / item->text).lexically_normal().string();
      files.push_back(file);
      for (const yaml::Value& document : yaml::read_yaml_file(file, item->place, problems)) add(document);
    } else {
      problems.add(item->place, "a manifest is a map, or the name of a file");
    }
  }
  return manifests;
}

WorldSpec read_world(const yaml::Value& document, Problems& problems, std::vector<std::string>& files) {
  WorldSpec world;
  if (const yaml::Value* metadata = document.find("metadata"); metadata != nullptr && !metadata->is_null()) {
    Fields fields(*metadata, "metadata", problems);
    world.name = fields.text("name", true);
    fields.finish();
  }
  const yaml::Value* spec = document.find("spec");
  if (spec != nullptr && !spec->is_null()) SpecReader(world, problems, files).read(*spec);
  return world;
}

WorldSpec read_world_file(const std::filesystem::path& file, Problems& problems) {
  const std::string name = file.string();
  std::vector<std::string> files;
  return read_world(yaml::one_document(yaml::read_yaml_file(name, {name, 0, 0}, problems), name, "World", problems),
                    problems, files);
}

}  // namespace plumbline::world
