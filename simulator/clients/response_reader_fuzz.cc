#include <cstddef>
#include <cstdint>

#include "model/check.h"
#include "simulator/clients/response_reader.h"

// However the stream is cut, the reader comes to the same end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using plumbline::clients::ResponseReader;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  ResponseReader whole, pieces;
  const bool to_head = (data[0] & 1) != 0;
  whole.begin(to_head, ResponseReader::Keep::kEverything);
  pieces.begin(to_head, ResponseReader::Keep::kEverything);
  const auto expected = whole.feed(bytes);
  const std::size_t step = 1 + data[0] / 16;
  auto got = ResponseReader::Progress::kIncomplete;
  for (std::size_t at = 0; at < bytes.size() && got == ResponseReader::Progress::kIncomplete; at += step) {
    got = pieces.feed(bytes.substr(at, step));
  }
  CHECK(bytes.empty() || got == expected, "cutting the stream changes nothing");
  CHECK(got != ResponseReader::Progress::kComplete || whole.body() == pieces.body(), "nor does it change the body");
  return 0;
}
