#include "simulator/kube/http/negotiation.h"

#include "simulator/kube/http/protobuf.h"
#include "simulator/kube/store/object.h"

namespace plumbline::kube {

std::string_view media_type(std::string_view header) {
  header = header.substr(0, header.find(';'));
  while (header.ends_with(' ')) header.remove_suffix(1);
  return header;
}

Accepted accepted(std::string_view header) {
  if (header.empty()) return Accepted::kJson;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view range = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    while (range.starts_with(' ')) range.remove_prefix(1);
    const std::string_view type = media_type(range);
    if (type != "application/json" && type != "*/*" && type != "application/*") continue;
    const std::size_t as = range.find("as=");
    if (as == std::string_view::npos) return Accepted::kJson;
    const std::string_view form = range.substr(as + 3);
    if (form.starts_with("Table") && (range.find("v=v1;") != std::string_view::npos || range.ends_with("v=v1")))
      return Accepted::kTable;
  }
  return Accepted::kNothing;
}

Outcome<Json> parse_body(const HttpRequest& request) {
  if (media_type(request.content_type) == kProtobufType) return decode_protobuf(request.body);
  int depth = 0;
  bool too_deep = false;
  const auto guard = [&](int level, Json::parse_event_t, Json&) {
    depth = std::max(depth, level);
    too_deep = too_deep || level > static_cast<int>(kObjectDepthMax);
    return !too_deep;
  };
  Json json = Json::parse(request.body, guard, false);
  if (json.is_discarded() || too_deep) return bad_request("the body of the request is not valid JSON");
  return Outcome<Json>(boost::system::in_place_value, std::move(json));
}

}  // namespace plumbline::kube
