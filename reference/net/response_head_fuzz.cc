// Whatever head of a Pod is accepted can be written for a user, and is read back as the same response.
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/check.h"
#include "reference/net/forwarding.h"
#include "reference/net/message_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumbline::gateway;
  constexpr std::size_t kLimit = std::size_t{64} * 1024;
  std::string stream(reinterpret_cast<const char*>(data), size);
  MessageReader pod(MessageReader::Side::kResponse);
  if (pod.read_head(stream, kLimit) != HeadState::kComplete) return 0;
  const MessageHead& head = pod.head();
  const bool chunked = head.framing == Framing::kChunked || head.framing == Framing::kUntilClose;
  std::string sent;
  write_response_head(head, chunked, Ending::kKeepAlive, sent);

  MessageReader user(MessageReader::Side::kResponse);
  CHECK(user.read_head(sent, 2 * kLimit) == HeadState::kComplete, "what is forwarded is well-formed");
  CHECK(user.head_bytes() == sent.size(), "the head ends where it was meant to");
  CHECK(user.head().status == head.status, "and says the same");
  CHECK(user.head().framing == (chunked ? Framing::kChunked : head.framing), "also about the body");
  CHECK(head.framing != Framing::kLength || user.head().length == head.length, "and its length");

  std::string body = stream.substr(pod.head_bytes());
  while (!body.empty()) {
    const BodyPiece piece = pod.read_body(body.data(), body.size());
    CHECK(piece.consumed <= body.size() && piece.bytes.size() <= body.size(), "no more than there was");
    if (piece.complete || piece.malformed || piece.consumed == 0) break;
    body.erase(0, piece.consumed);
  }
  return 0;
}
