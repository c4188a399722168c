// One user's connection: reads its requests one after the other, sends each to a Pod that the Dispatcher picks, and
// brings the answer back. Bodies are streamed in both directions at once; neither is ever held as a whole.
// Lives in its coroutine; used by its worker's thread only. session.cc faces the user, session_pods.cc the Pods.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/net/byte_buffer.h"
#include "reference/net/deadlines.h"
#include "reference/net/forwarding.h"
#include "reference/net/io.h"
#include "reference/net/message_reader.h"
#include "reference/net/request_shaping.h"
#include "reference/net/upstream_pool.h"

namespace plumbline::gateway {

class Worker;

class Session {
 public:
  /// `number` tells the worker's connections apart.
  Session(Worker& worker, Socket client, std::uint64_t number);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves until either side closes. `self` is this session: its coroutine owns it.
  Task<void> run(std::unique_ptr<Session> self);
  /// Ends it now, from outside the coroutine.
  void close();

 private:
  static constexpr std::size_t kReadBytes = std::size_t{16} * 1024;  ///< room for one read

  /// How sending a request to Pods went.
  enum class Outcome {
    kAnswered,      ///< the head of the final response is in pod_reader_
    kNoNode,        ///< the tunnel has no node
    kNotConnected,  ///< none of the Pods that were tried took the connection
    kBroken,        ///< closed, reset or not HTTP
    kLate,          ///< the API's time is over
    kRequestEnded,  ///< the request itself was cut or is malformed; see body_malformed_, body_late_
  };

  /// What the request at hand needs after its head has been forgotten.
  struct Request {
    std::string tunnel;
    std::string head;  ///< for the Pod
    Moment give_up{};
    std::chrono::milliseconds timeout{};
    int repeats_left = 0;  ///< of a request that a Pod may have got
    bool head_only = false;
    bool idempotent = false;
    bool chunked_to_pod = false;
    bool version_1_0 = false;
    bool persistent = false;
    std::vector<std::string> tried;  ///< keys of Pods
  };

  // Steps of run(), in their order.
  Task<bool> read_request();
  Task<Ending> serve();
  /// Fills request_ from the head, or says what the gateway itself answers. Uses nothing of in_ but the head.
  std::optional<MadeUpAnswer> admit();
  Task<Outcome> ask_pods();
  /// Unset: pod_ is a connection to a Pod. `same_pod`: a fresh connection to the one before, if it is still a node.
  Task<std::optional<Outcome>> connect(bool same_pod);
  Task<bool> dial();
  Task<Outcome> read_response();
  Task<Ending> relay_response();
  Task<Ending> answer_failure(Outcome outcome);
  Task<Ending> refuse(int status, std::string_view message);
  Task<Ending> answer(const MadeUpAnswer& own);
  Task<void> drain_client();

  // The rest of the request's body flows beside read_response() and relay_response(), in a coroutine of its own.
  Task<void> pump_body();
  Task<void> end_pump();

  /// Sends `before` and a piece of the request's body to the Pod.
  Task<bool> send_to_pod(std::string_view before, const BodyPiece& piece);
  /// Sends `before` and a piece of the response's body to the client.
  Task<bool> send_to_client(std::string_view before, const BodyPiece& piece, bool chunked);
  void start_deadline(Moment at);
  void on_deadline();
  void drop_pod();
  void keep_pod();

  Worker& worker_;
  Socket client_;
  const std::uint64_t number_;
  std::string client_address_;
  ByteBuffer in_;  ///< from the client
  MessageReader reader_{MessageReader::Side::kRequest};
  Request request_;
  BodyPiece first_piece_;  ///< body bytes that came with the head; they stay in in_ until the pump starts
  std::uint64_t body_offset_ = 0;
  bool body_complete_ = false;  ///< the request's last byte has been read
  bool body_malformed_ = false;
  bool body_late_ = false;  ///< the client stalled in the middle of its body
  /// The client has reason to send its body: it asked for no 100-continue, was sent one, or has begun.
  bool body_due_ = true;
  bool client_gone_ = false;

  std::unique_ptr<Upstream> pod_;
  std::string pod_key_;
  std::string pod_address_;
  std::uint16_t pod_port_ = 0;
  ByteBuffer pod_in_;
  MessageReader pod_reader_{MessageReader::Side::kResponse};
  std::uint64_t response_offset_ = 0;
  bool nothing_sent_ = false;                         ///< the Pod's connection took no byte of the request
  bool pod_spoke_ = false;                            ///< a byte of a response has arrived
  std::string out_;                                   ///< head or own answer for the client
  std::string reshaped_request_, reshaped_response_;  ///< pieces of bodies as a mutant wants them

  bool pump_began_ = false;  ///< in_ no longer holds the body's beginning: the request cannot be repeated
  bool pump_runs_ = false;
  bool pump_stops_ = false;
  bool pump_waits_for_client_ = false;
  Timer pump_ended_;
  Deadlines::Entry deadline_;
  bool expired_ = false;
};

}  // namespace plumbline::gateway
