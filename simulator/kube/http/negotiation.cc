#include "simulator/kube/http/negotiation.h"

#include <fmt/format.h>

#include "simulator/kube/http/protobuf.h"
#include "simulator/kube/http/yaml_body.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kShownMax = 64;

bool asks_for(std::string_view range, std::string_view form) {
  if (range.find("g=meta.k8s.io") == std::string_view::npos) return false;
  const bool version = range.find("v=v1;") != std::string_view::npos || range.ends_with("v=v1");
  return version && range.find(form) != std::string_view::npos;
}

}  // namespace

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
    if (asks_for(range, "as=Table")) return Accepted::kTable;
    if (asks_for(range, "as=PartialObjectMetadata")) return Accepted::kMetadata;
    if (range.find("as=") == std::string_view::npos) return Accepted::kJson;
  }
  return Accepted::kNothing;
}

Outcome<Body> read_body(const HttpRequest& request, std::string_view kind) {
  if (media_type(request.content_type) == kProtobufType) {
    auto decoded = decode_protobuf(request.body);
    if (!decoded) return decoded.error();
    return Body{std::move(*decoded), {}};
  }
  const bool yaml = media_type(request.content_type).ends_with("yaml");
  Reading reading = read_text(request.body);
  if (!reading.value && yaml) {
    reading = read_yaml(request.body);
    if (!reading.value)
      return bad_request(fmt::format("error decoding YAML: error converting YAML to JSON: {}", reading.mistake));
  }
  if (reading.value) return Body{std::move(*reading.value), std::move(reading.duplicates)};
  const std::string shown = request.body.empty() ? "<empty>" : request.body.substr(0, kShownMax);
  return bad_request(fmt::format(
      "the object provided is unrecognized (must be of type {}): couldn't get version/kind; json parse error: {} ({})",
      kind, request.body.empty() ? "unexpected end of JSON input" : reading.mistake, shown));
}

}  // namespace plumbline::kube
