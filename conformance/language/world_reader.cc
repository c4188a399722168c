#include "conformance/language/world_reader.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "simulator/world/spec_check.h"

namespace plumbline::conformance {
namespace {

using std::filesystem::path;

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
  const std::size_t problems_before = problems.list().size();
  world::WorldSpec world;
  world.name = name;
  Fields fields(spec, "world", problems);
  std::map<std::string, std::vector<const Value*>> lists;  // of the spec, for what only the whole shows
  for (const auto& region : fields.texts("regions")) {
    world.regions.emplace_back(region);
  }
  for (const Value* item : lists["vpcs"] = fields.list("vpcs", true)) {
    Fields vpc_fields(*item, "a VPC", problems);
    world::VpcSpec vpc;
    vpc.name = VpcId(vpc_fields.text("name", true));
    vpc.region = RegionId(vpc_fields.text("region", true));
    set_if_given(vpc_fields, "cidr", vpc.cidr);
    vpc_fields.finish();
    world.vpcs.push_back(vpc);
  }
  for (const Value* item : lists["clusters"] = fields.list("clusters", true)) {
    Fields cluster_fields(*item, "a cluster", problems);
    world::ClusterSpec cluster;
    cluster.name = ClusterId(cluster_fields.text("name", true));
    cluster.vpc = VpcId(cluster_fields.text("vpc", true));
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
    world.clusters.push_back(std::move(cluster));
  }
  for (const Value* item : lists["instances"] = fields.list("instances", true)) {
    Fields instance_fields(*item, "an instance", problems);
    world::InstanceSpec instance;
    instance.name = InstanceId(instance_fields.text("name", true));
    instance.kind = instance_fields.choice("kind", {"dedicated", "shared"}) == "shared"
                        ? world::InstanceKind::kShared
                        : world::InstanceKind::kDedicated;
    instance.region = RegionId(instance_fields.text("region", true));
    instance.vpc = VpcId(instance_fields.text("vpc"));
    instance.attached = instance_fields.flag("attached");
    instance_fields.finish();
    world.instances.push_back(instance);
  }
  for (const Value* item : lists["principals"] = fields.list("principals", true)) {
    Fields principal_fields(*item, "a principal", problems);
    world::PrincipalSpec principal;
    principal.name = principal_fields.text("name", true);
    for (const auto& cluster : principal_fields.texts("adminOf")) {
      principal.admin_of.emplace_back(cluster);
    }
    principal_fields.finish();
    world.principals.push_back(principal);
  }
  world.foreign_unreachable = fields.flag("foreignUnreachable");
  fields.finish();
  if (problems.list().size() > problems_before) return world;
  for (const world::SpecProblem& problem : world::check(world)) {
    const auto& list = lists[problem.kind];
    const Value* at = problem.index < list.size() ? list[problem.index] : &spec;
    if (const Value* field = problem.field.empty() ? nullptr : at->find(problem.field)) at = field;
    problems.add(at->place, problem.text);
  }
  return world;
}

}  // namespace plumbline::conformance
