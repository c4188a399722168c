// Whatever an API server answers is a list, an event or an error of the transport; never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "reference/control/kube_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::gateway;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const Resource resource : {Resource::kServices, Resource::kPods, Resource::kEndpoints, Resource::kNodes}) {
    const auto list = read_list(resource, text);
    CHECK(list ? !list->resource_version.empty() : !list.error().text.empty(), "a list has a version");
    const WatchEvent event = read_event(resource, text);
    const bool about_an_object = event.type == WatchEvent::Type::kPut || event.type == WatchEvent::Type::kDelete;
    CHECK(!about_an_object || event.object, "a put or delete names an object");
    CHECK(event.type == WatchEvent::Type::kError || !event.resource_version.empty(), "an event has a version");
  }
  (void)status_message(text);
  return 0;
}
