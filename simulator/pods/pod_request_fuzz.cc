// Any bytes, cut anywhere: the reader never crashes, and reads the same in one piece as byte by byte.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "simulator/pods/answer.h"

using plumbline::pods::RequestReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  RequestReader whole;
  whole.feed(text);
  RequestReader slow;
  for (const char& byte : text) slow.feed({&byte, 1});
  CHECK(whole.state() == slow.state(), "pieces do not change what is read");
  if (whole.state() != RequestReader::State::kDone) return 0;
  CHECK(whole.request().body == slow.request().body, "pieces do not change what is read");
  const auto answer = plumbline::pods::answer_as({}, whole.request(), {"10.0.0.1", "10.0.16.1"});
  plumbline::pods::serialize(answer, whole.request().minor, false, false);
  return 0;
}
