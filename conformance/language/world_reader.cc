#include "conformance/language/world_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace plumbline::conformance {
namespace {

using std::filesystem::path;

/// The names of one kind of thing, each once.
class UniqueNames {
 public:
  UniqueNames(std::string kind, Problems& problems) : kind_(std::move(kind)), problems_(problems) {}
  void add(const std::string& name, const Place& place) {
    if (name.empty()) return;
    if (has(name)) problems_.add(place, fmt::format("{} '{}' is there twice", kind_, name));
    names_.push_back(name);
  }
  bool has(const std::string& name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }
  void require(const Value* at, const std::string& name) const {
    if (at == nullptr || name.empty() || has(name)) return;
    problems_.add(at->place, fmt::format("this world has no {} '{}'{}", kind_, name, suggestion(name, names_)));
  }

 private:
  std::string kind_;
  Problems& problems_;
  std::vector<std::string> names_;
};

void set_if_given(Fields& fields, const std::string& name, std::string& into) {
  if (const auto text = fields.optional_text(name)) into = *text;
}

}  // namespace

std::vector<nlohmann::json> read_manifests(const std::vector<const Value*>& list, Problems& problems,
                                           std::vector<std::string>& files) {
  std::vector<nlohmann::json> manifests;
  const auto add = [&](const Value& document) {
    if (document.is_null()) return;
    if (document.find("kind") == nullptr || document.find("metadata") == nullptr) {
      return problems.add(document.place, "a manifest needs 'kind' and 'metadata'");
    }
    manifests.push_back(to_json(document));
  };
  for (const Value* item : list) {
    if (item->is_map()) {
      add(*item);
    } else if (item->is_scalar()) {
      const std::string file = (path(item->place.file).parent_path() / item->text).lexically_normal().string();
      files.push_back(file);
      for (const Value& document : read_yaml_file(file, item->place, problems)) add(document);
    } else {
      problems.add(item->place, "a manifest is a map, or the name of a file");
    }
  }
  return manifests;
}

world::WorldSpec read_world(const Value& spec, const std::string& name, Problems& problems,
                            std::vector<std::string>& files) {
  world::WorldSpec world;
  world.name = name;
  Fields fields(spec, "world", problems);
  UniqueNames regions("region", problems), vpcs("VPC", problems), clusters("cluster", problems),
      instances("instance", problems), principals("principal", problems);
  for (const auto& region : fields.texts("regions")) {
    regions.add(region, spec.place);
    world.regions.emplace_back(region);
  }
  for (const Value* item : fields.list("vpcs", true)) {
    Fields vpc_fields(*item, "a VPC", problems);
    world::VpcSpec vpc;
    vpc.name = VpcId(vpc_fields.text("name", true));
    vpc.region = RegionId(vpc_fields.text("region", true));
    regions.require(item->find("region"), vpc.region.str());
    set_if_given(vpc_fields, "cidr", vpc.cidr);
    vpc_fields.finish();
    vpcs.add(vpc.name.str(), item->place);
    world.vpcs.push_back(vpc);
  }
  for (const Value* item : fields.list("clusters", true)) {
    Fields cluster_fields(*item, "a cluster", problems);
    world::ClusterSpec cluster;
    cluster.name = ClusterId(cluster_fields.text("name", true));
    cluster.vpc = VpcId(cluster_fields.text("vpc", true));
    vpcs.require(item->find("vpc"), cluster.vpc.str());
    set_if_given(cluster_fields, "podCidr", cluster.pod_cidr);
    set_if_given(cluster_fields, "serviceCidr", cluster.service_cidr);
    cluster.intranet = cluster_fields.flag("intranet", true);
    for (const Value* node : cluster_fields.list("nodes")) {
      Fields node_fields(*node, "a Node", problems);
      cluster.nodes.push_back({node_fields.text("name", true), node_fields.labels("labels")});
      node_fields.finish();
    }
    cluster.manifests = read_manifests(cluster_fields.list("manifests"), problems, files);
    cluster_fields.finish();
    clusters.add(cluster.name.str(), item->place);
    world.clusters.push_back(std::move(cluster));
  }
  int attached = 0;
  for (const Value* item : fields.list("instances", true)) {
    Fields instance_fields(*item, "an instance", problems);
    world::InstanceSpec instance;
    instance.name = InstanceId(instance_fields.text("name", true));
    instance.kind = instance_fields.choice("kind", {"dedicated", "shared"}) == "shared"
                        ? world::InstanceKind::kShared
                        : world::InstanceKind::kDedicated;
    instance.region = RegionId(instance_fields.text("region", true));
    regions.require(item->find("region"), instance.region.str());
    instance.vpc = VpcId(instance_fields.text("vpc"));
    vpcs.require(item->find("vpc"), instance.vpc.str());
    instance.attached = instance_fields.flag("attached");
    attached += instance.attached ? 1 : 0;
    instance_fields.finish();
    instances.add(instance.name.str(), item->place);
    world.instances.push_back(instance);
  }
  if (spec.find("instances") != nullptr && attached != 1) {
    fields.problem(spec.find("instances"), fmt::format("exactly one instance is 'attached: true', not {}", attached));
  }
  for (const Value* item : fields.list("principals", true)) {
    Fields principal_fields(*item, "a principal", problems);
    world::PrincipalSpec principal;
    principal.name = principal_fields.text("name", true);
    for (const auto& cluster : principal_fields.texts("adminOf")) {
      clusters.require(item->find("adminOf"), cluster);
      principal.admin_of.emplace_back(cluster);
    }
    principal_fields.finish();
    principals.add(principal.name, item->place);
    world.principals.push_back(principal);
  }
  world.foreign_unreachable = fields.flag("foreignUnreachable");
  fields.finish();
  return world;
}

}  // namespace plumbline::conformance
