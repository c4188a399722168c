// Any JSON is a value of the contract or an error with a reason; a value is read back from what is written of it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "wire/contract.h"

namespace {

using namespace plumbline;
using nlohmann::json;

template <class Value>
void goes_and_comes_back(const Result<Value>& read, Result<Value> (*again)(const json&)) {
  CHECK(read || !read.error().text.empty(), "an error has a text");
  if (!read) return;
  const json written = wire::to_json(*read);
  const auto reread = again(written);
  CHECK(reread && wire::to_json(*reread) == written, "what is written is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const json value = json::parse(std::string_view(reinterpret_cast<const char*>(bytes), size), nullptr, false);
  if (value.is_discarded()) return 0;
  goes_and_comes_back<wire::Hello>(wire::hello_from_json(value), wire::hello_from_json);
  goes_and_comes_back<wire::HelloResult>(wire::hello_result_from_json(value), wire::hello_result_from_json);
  goes_and_comes_back<Tunnel>(wire::tunnel_from_json(value),
                              [](const json& written) { return wire::tunnel_from_json(written); });
  goes_and_comes_back<Api>(wire::api_from_json(value),
                           [](const json& written) { return wire::api_from_json(written); });
  const Error error = wire::error_from_json(value);
  const Error again = wire::error_from_json(wire::error_to_json(error));
  CHECK(again.text == error.text && again.reason == error.reason && again.field == error.field, "errors too");
  return 0;
}
