// What a Pod answers, after the ways of httpbin: /get /headers /status/{code} /delay/{seconds} /bytes/{n}
// /stream-bytes/{n} /anything, and every other path like /anything. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/pods/identity.h"
#include "simulator/pods/request.h"

namespace plumbline::pods {

struct Answer {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  bool chunked = false;                ///< sent in chunks; never to HTTP/1.0
  std::chrono::milliseconds delay{0};  ///< before the first byte
};

inline constexpr std::chrono::milliseconds kDelayMax{60'000};

/// Addresses of the connection's two ends.
struct Ends {
  std::string_view peer;
  std::string_view own;
};

/// The JSON body says who the Pod is and what it received:
/// {"pod":{cluster,namespace,name,uid,version,address},"method","path","args":{},"headers":{},"origin","data"};
/// `origin` is X-Forwarded-For as received, else the peer, as httpbin has it; `data` only with a body, as text when it
/// is UTF-8, else "data:application/octet-stream;base64,...". X-Pod says who answers for every answer. A query
/// parameter `chunked` makes the answer chunked. /bytes/{n} are the same bytes for the same n and parameter `seed`.
/// Bad arguments, and HTTP/1.1 without exactly one Host field, get 400.
Answer answer_as(const Identity& pod, const Request& request, const Ends& ends);

/// To a request that could not be read.
Answer refusal(const Identity& pod, int status, std::string_view problem);

/// The bytes of /bytes/{size}?seed={seed}.
std::string seeded_bytes(std::size_t size, std::uint64_t seed);

/// The fields of the answer as they go on the wire, framing included.
std::vector<Header> fields_of(const Answer& answer, int minor, bool close);

/// Status line, fields and body as they go on the wire. `close` adds `Connection: close`; `head_only` leaves the body
/// out.
std::string serialize(const Answer& answer, int minor, bool close, bool head_only);

}  // namespace plumbline::pods
