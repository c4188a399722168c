#include "simulator/world/spec_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "model/check.h"
#include "simulator/kube/schema/names.h"
#include "simulator/network/layout.h"

namespace plumbline::world {
namespace {

using network::Range;

constexpr std::size_t kNameBytesMax = 63;  ///< they are parts of cluster/namespace/name, and of files' names

const std::string& text_of(const std::string& name) { return name; }
template <class Id>
const std::string& text_of(const Id& id) {
  return id.str();
}

template <class List, class Name>
const typename List::value_type* find(const List& list, const Name& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
  return found == list.end() ? nullptr : &*found;
}

class Check {
 public:
  explicit Check(const WorldSpec& spec) : spec_(spec) {}

  std::vector<SpecProblem> run() {
    regions();
    vpcs();
    clusters();
    instances();
    principals();
    return std::move(problems_);
  }

 private:
  void add(const char* kind, std::size_t index, const char* field, std::string text) {
    problems_.push_back({kind, index, field, std::move(text)});
  }

  bool has(const RegionId& region) const {
    return std::find(spec_.regions.begin(), spec_.regions.end(), region) != spec_.regions.end();
  }

  template <class List>
  void name(const char* kind, const char* what, const List& list, std::size_t index) {
    const auto& mine = list[index].name;
    if (mine == decltype(mine){}) return add(kind, index, "name", fmt::format("a {} needs a name", what));
    if (const std::string text = text_of(mine); !is_plain_name(text, kNameBytesMax)) {
      add(kind, index, "name",
          fmt::format(
              "'{}' is no name: letters, digits, '-', '_' and '.' make one, a letter or digit begins it, 63 at most",
              text));
    }
    const auto here = list.begin() + static_cast<std::ptrdiff_t>(index);
    if (std::any_of(list.begin(), here, [&](const auto& other) { return other.name == mine; })) {
      add(kind, index, "name", fmt::format("there are two {}s of this name", what));
    }
  }

  void region(const char* kind, std::size_t index, const RegionId& region) {
    if (!has(region)) add(kind, index, "region", fmt::format("there is no region '{}' in `regions`", region.str()));
  }

  void regions() {
    if (spec_.regions.empty()) add("regions", 0, "", "a world needs a region");
  }

  void vpcs() {
    for (std::size_t i = 0; i < spec_.vpcs.size(); ++i) {
      const VpcSpec& vpc = spec_.vpcs[i];
      name("vpcs", "VPC", spec_.vpcs, i);
      region("vpcs", i, vpc.region);
      const auto range = network::parse_range(vpc.cidr);
      if (!range) {
        add("vpcs", i, "cidr", fmt::format("'{}' is no range such as 10.0.0.0/16", vpc.cidr));
      } else if (range->prefix > network::kVpcPrefixMax) {
        add("vpcs", i, "cidr", fmt::format("{} is too small: at least a /{}", vpc.cidr, network::kVpcPrefixMax));
      }
    }
  }

  void clusters() {
    for (std::size_t i = 0; i < spec_.clusters.size(); ++i) {
      const ClusterSpec& cluster = spec_.clusters[i];
      name("clusters", "cluster", spec_.clusters, i);
      nodes(i);
      const VpcSpec* vpc = find(spec_.vpcs, cluster.vpc);
      if (vpc == nullptr) {
        add("clusters", i, "vpc", fmt::format("there is no VPC '{}' in `vpcs`", cluster.vpc.str()));
        continue;
      }
      range(i, "podCidr", cluster.pod_cidr, *vpc);
      range(i, "serviceCidr", cluster.service_cidr, *vpc);
    }
  }

  void nodes(std::size_t index) {
    std::set<std::string> names;
    for (const NodeSpec& node : spec_.clusters[index].nodes) {
      if (!names.insert(node.name).second)
        add("clusters", index, "nodes", fmt::format("there are two Nodes '{}'", node.name));
      for (const std::string& why : kube::dns_subdomain_complaints(node.name))
        add("clusters", index, "nodes", fmt::format("a Node cannot be called '{}': {}", node.name, why));
      for (const auto& [key, value] : node.labels) {
        for (const std::string& why : kube::qualified_name_complaints(key))
          add("clusters", index, "nodes", fmt::format("'{}' is no label of a Node: {}", key, why));
        for (const std::string& why : kube::label_value_complaints(value))
          add("clusters", index, "nodes", fmt::format("'{}' is no label's value: {}", value, why));
      }
    }
  }

  /// Ranges of one VPC must lie in it, clear of the simulator's own and of each other.
  void range(std::size_t index, const char* field, const std::string& text, const VpcSpec& vpc) {
    const auto range = network::parse_range(text);
    const auto around = network::parse_range(vpc.cidr);
    if (!range || range->prefix > 30) {
      return add("clusters", index, field, fmt::format("'{}' is no range such as 10.0.16.0/20", text));
    }
    if (!around || around->prefix > network::kVpcPrefixMax) return;
    if (!around->holds(*range)) {
      return add("clusters", index, field, fmt::format("{} is not inside the VPC's {}", text, vpc.cidr));
    }
    if (const Range reserved = network::Layout{*around}.reserved(); reserved.overlaps(*range)) {
      return add("clusters", index, field,
                 fmt::format("{} overlaps {}, which the simulator uses", text, reserved.str()));
    }
    for (const Taken& other : taken_) {
      if (other.vpc != vpc.name || !other.range.overlaps(*range)) continue;
      add("clusters", index, field,
          fmt::format("{} overlaps {} of {}; a VPC's ranges are apart", text, other.range.str(), other.owner));
    }
    taken_.push_back({vpc.name, *range, fmt::format("{}.{}", spec_.clusters[index].name.str(), field)});
  }

  void instances() {
    const auto attached = std::count_if(spec_.instances.begin(), spec_.instances.end(),
                                        [](const InstanceSpec& instance) { return instance.attached; });
    if (attached != 1) add("instances", 0, "", fmt::format("{} instances are attached; exactly one must be", attached));
    for (std::size_t i = 0; i < spec_.instances.size(); ++i) {
      const InstanceSpec& instance = spec_.instances[i];
      name("instances", "instance", spec_.instances, i);
      region("instances", i, instance.region);
      if (find(spec_.vpcs, VpcId(instance.name.str())) != nullptr) {
        add("instances", i, "name", fmt::format("there is a VPC of the name '{}'", instance.name.str()));
      }
      if (instance.kind == InstanceKind::kShared) {
        if (!instance.vpc.empty()) add("instances", i, "vpc", "a shared instance belongs to no VPC");
        if (instance.attached) add("instances", i, "attached", "a shared instance cannot be the candidate's");
        continue;
      }
      const VpcSpec* vpc = find(spec_.vpcs, instance.vpc);
      if (vpc == nullptr) {
        add("instances", i, "vpc",
            fmt::format("a dedicated instance needs a VPC; there is no '{}' in `vpcs`", instance.vpc.str()));
      } else if (vpc->region != instance.region) {
        add("instances", i, "region", fmt::format("{} is in region {}", vpc->name.str(), vpc->region.str()));
      }
    }
  }

  void principals() {
    for (std::size_t i = 0; i < spec_.principals.size(); ++i) {
      name("principals", "principal", spec_.principals, i);
      for (const ClusterId& cluster : spec_.principals[i].admin_of) {
        if (find(spec_.clusters, cluster) == nullptr) {
          add("principals", i, "adminOf", fmt::format("there is no cluster '{}' in `clusters`", cluster.str()));
        }
      }
    }
  }

  struct Taken {
    VpcId vpc;
    Range range;
    std::string owner;
  };

  const WorldSpec& spec_;
  std::vector<SpecProblem> problems_;
  std::vector<Taken> taken_;
};

}  // namespace

std::vector<SpecProblem> check(const WorldSpec& spec) { return Check(spec).run(); }

network::Range range_of(const std::string& text) {
  const auto range = network::parse_range(text);
  CHECK(range.has_value(), "the spec was checked");
  return *range;
}

}  // namespace plumbline::world
