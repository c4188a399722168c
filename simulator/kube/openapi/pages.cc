#include "simulator/kube/openapi/pages.h"

#include <fmt/format.h>

#include <functional>
#include <set>

#include "simulator/kube/openapi/documents.h"
#include "simulator/kube/openapi/protobuf_v2.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kV2 = "/openapi/v2", kV3 = "/openapi/v3";

std::string root_of(const std::string& group, const std::string& version) {
  return group.empty() ? "api/" + version : fmt::format("apis/{}/{}", group, version);
}

}  // namespace

void OpenApiPages::forget_when_changed() {
  if (revision_ == registry_.revision()) return;
  pages_.clear();
  revision_ = registry_.revision();
}

const OpenApiPages::Page& OpenApiPages::kept(const std::string& path, std::string text) {
  const std::string hash = fmt::format("{:016X}", std::hash<std::string>{}(text));
  return pages_.insert_or_assign(path, Page{std::move(text), hash}).first->second;
}

Value OpenApiPages::index() {
  std::set<std::string> roots;
  for (const Kind* kind : registry_.served())
    for (const KindVersion& version : kind->versions)
      if (version.served) roots.insert(root_of(kind->group, version.name));
  Value paths = Value::object();
  for (const std::string& root : roots) {
    const std::string path = fmt::format("{}/{}", kV3, root);
    const Page* page = find(path);
    paths.set(root)["serverRelativeURL"] = page == nullptr ? path : fmt::format("{}?hash={}", path, page->hash);
  }
  return {{"paths", std::move(paths)}};
}

const OpenApiPages::Page* OpenApiPages::find(std::string_view path) {
  forget_when_changed();
  if (const auto found = pages_.find(path); found != pages_.end()) return &found->second;
  const std::string name(path);
  if (path == kV2) return &kept(name, to_text(openapi_v2(registry_)));
  if (path == kV3) return &kept(name, to_text(index()));
  if (!path.starts_with(kV3)) return nullptr;
  const std::string_view root = path.substr(kV3.size() + 1);
  for (const Kind* kind : registry_.served())
    for (const KindVersion& version : kind->versions)
      if (version.served && root_of(kind->group, version.name) == root)
        return &kept(name, to_text(openapi_v3(registry_, kind->group, version.name)));
  return nullptr;
}

const OpenApiPages::Page& OpenApiPages::protobuf_v2() {
  forget_when_changed();
  const std::string name = "/openapi/v2 as protobuf";
  if (const auto found = pages_.find(name); found != pages_.end()) return found->second;
  return kept(name, openapi_v2_protobuf(openapi_v2(registry_)));
}

}  // namespace plumbline::kube
