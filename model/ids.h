// The names of things, as types of their own so that a cluster is never passed for a VPC.
// Value types; thread-compatible.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace plumbline {

/// A name of one kind of thing. Empty means "not set".
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

 private:
  std::string text_;
};

using RegionId = Id<struct RegionTag>;
using VpcId = Id<struct VpcTag>;
using ClusterId = Id<struct ClusterTag>;
using InstanceId = Id<struct InstanceTag>;
using PrincipalId = Id<struct PrincipalTag>;
using TunnelId = Id<struct TunnelTag>;
using ApiServiceId = Id<struct ApiServiceTag>;
using ApiId = Id<struct ApiTag>;
using RuleId = Id<struct RuleTag>;

/// A Kubernetes object's place: which cluster, which namespace, which name.
/// Written `cluster/namespace/name`.
struct ObjectName {
  ClusterId cluster;
  std::string space;  ///< Kubernetes namespace; empty for cluster-scoped kinds
  std::string name;
  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
  std::string str() const { return cluster.str() + "/" + space + "/" + name; }
};

/// `cluster/namespace/name`, none of them empty; nothing else.
std::optional<ObjectName> parse_object_name(std::string_view text);

/// Letters, digits, '-', '_' and '.', `bytes_max` at most, the first a letter or digit: good in paths and in messages.
bool is_plain_name(std::string_view text, std::size_t bytes_max);

}  // namespace plumbline

template <class Tag>
struct std::hash<plumbline::Id<Tag>> {
  std::size_t operator()(const plumbline::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
