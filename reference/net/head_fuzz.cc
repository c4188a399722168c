#include <cstddef>
#include <cstdint>
#include <string>

#include "model/check.h"
#include "reference/net/forwarding.h"
#include "reference/net/message_reader.h"

// Whatever head is accepted can be written again, and what was written is read back as the same request: nothing that
// leaves the gateway is ambiguous to a reader as strict as itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumbline::gateway;
  constexpr std::size_t kLimit = std::size_t{64} * 1024;
  std::string stream(reinterpret_cast<const char*>(data), size);
  MessageReader reader(MessageReader::Side::kRequest);
  if (reader.read_head(stream, kLimit) != HeadState::kComplete) return 0;
  const MessageHead& head = reader.head();
  Target target;
  if (!split_target(head, target)) return 0;
  const bool chunked = head.framing == Framing::kChunked;
  std::string sent;
  write_request_head(head, std::string(target.path) + std::string(target.query), head.host, "192.0.2.1", chunked, sent);

  MessageReader pod(MessageReader::Side::kRequest);
  CHECK(pod.read_head(sent, 2 * kLimit) == HeadState::kComplete, "what is forwarded is well-formed");
  CHECK(pod.head_bytes() == sent.size(), "the head ends where it was meant to");
  CHECK(pod.head().method == head.method && pod.head().host == head.host, "and says the same");
  CHECK(pod.head().framing == head.framing && pod.head().length == head.length, "also about the body");

  std::string body = stream.substr(reader.head_bytes());
  const BodyPiece piece = reader.read_body(body.data(), body.size());
  CHECK(piece.consumed <= body.size() && piece.bytes.size() <= body.size(), "no more than there was");
  return 0;
}
