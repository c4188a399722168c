#include "conformance/runner/candidate_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"

namespace plumbline::conformance {

using nlohmann::json;

namespace {

/// As a shell has it, of a command that cannot be executed.
constexpr int kNotStarted = 127;

}  // namespace

std::string describe_refusal(const json& error) {
  const Error parsed = wire::error_from_json(error);
  const json code = error.is_object() ? error.value("code", json()) : json();
  if (code != wire::kRefusalCode) return fmt::format("{} [code {}]", parsed.text, code.dump());
  return fmt::format("{} [{}]", parsed.text, to_string(parsed.reason));
}

CandidateSession::CandidateSession(const Descriptor& descriptor, std::function<std::int64_t()> now_us,
                                   wire::HistorySink& sink)
    : descriptor_(descriptor), now_us_(std::move(now_us)), sink_(sink) {}

CandidateSession::~CandidateSession() = default;

Result<wire::HelloResult> CandidateSession::introduce(const MakeDriver& make, const wire::Hello& hello) {
  driver_ = make(*this);
  const auto until = std::chrono::steady_clock::now() + descriptor_.deadlines.start;
  if (const auto started = driver_->start(); !started) {
    sink_.write({{"type", "candidate"},
                 {"t", now_us_()},
                 {"state", "exited"},
                 {"code", kNotStarted},
                 {"error", started.error().text}});
    return started.error();
  }
  sink_.write({{"type", "candidate"}, {"t", now_us_()}, {"state", "started"}});
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  const json params = wire::to_json(hello);
  const std::int64_t begun = now_us_();
  CallOutcome outcome = driver_->call("hello", params, left);
  if (outcome.silent) {
    record_call(-1, "", "hello", params, begun, outcome);
    return Error{Reason::kUnavailable, fmt::format("hello: {}: {}", to_string(*outcome.silent), outcome.detail), "",
                 descriptor_.name};
  }
  auto result =
      outcome.error
          ? Result<wire::HelloResult>(Error{
                Reason::kInvalidValue, "hello was refused: " + describe_refusal(*outcome.error), "", descriptor_.name})
          : accept(*outcome.result);
  if (!result) {
    outcome.silent = Silence::kInvalid;
    outcome.detail = result.error().text;
  }
  record_call(-1, "", "hello", params, begun, outcome);
  if (!result) return result.error();
  declared_ = result->features;
  std::erase_if(result->features, [&](const std::string& feature) {
    const auto& only = descriptor_.features;
    return only && std::find(only->begin(), only->end(), feature) == only->end();
  });
  self_ = *result;
  features_ = {self_.features.begin(), self_.features.end()};
  return self_;
}

Result<wire::HelloResult> CandidateSession::accept(const json& answer) const {
  auto result = wire::hello_result_from_json(answer);
  if (!result)
    return Error{Reason::kInvalidValue, "hello: " + result.error().text, result.error().field, descriptor_.name};
  if (result->contract != wire::kContractVersion) {
    return Error{
        Reason::kInvalidValue,
        fmt::format("hello: contract {} is spoken, this is contract {}", result->contract, wire::kContractVersion),
        "contract", descriptor_.name};
  }
  if (result->workers < 1 || result->workers > kWorkersMax) {
    return Error{Reason::kInvalidValue, fmt::format("hello: workers is {}; from 1 to {}", result->workers, kWorkersMax),
                 "workers", descriptor_.name};
  }
  return result;
}

bool CandidateSession::offers(const std::string& feature) const { return features_.contains(feature); }

CallOutcome CandidateSession::call(int step, const std::string& as, const std::string& method, const json& params,
                                   const Form& form) {
  CHECK(driver_ != nullptr, "a candidate is introduced before it is asked");
  const std::int64_t begun = now_us_();
  CallOutcome outcome = driver_->call(method, params, descriptor_.deadlines.control);
  if (outcome.result && form) {
    if (std::string wrong = form(*outcome.result); !wrong.empty()) {
      outcome.silent = Silence::kInvalid;
      outcome.detail = fmt::format("{}: {}", wrong, outcome.result->dump());
      outcome.result.reset();
    }
  }
  record_call(step, as, method, params, begun, outcome);
  silent_ = silent_ || outcome.silent == Silence::kTimeout;
  return outcome;
}

void CandidateSession::record_call(int step, const std::string& as, const std::string& method, const json& params,
                                   std::int64_t begun, const CallOutcome& outcome) {
  json record{{"type", "control"}, {"t", begun},       {"t1", now_us_()},
              {"step", step},      {"method", method}, {"params", params}};
  if (!as.empty()) record["as"] = as;
  if (outcome.result) record["result"] = *outcome.result;
  if (outcome.error) record["error"] = *outcome.error;
  if (outcome.silent) {
    record["silent"] = to_string(*outcome.silent);
    record["detail"] = outcome.detail;
  }
  sink_.write(record);
}

StopOutcome CandidateSession::stop() {
  CHECK(driver_ != nullptr, "a candidate is introduced before it is stopped");
  const std::int64_t begun = now_us_();
  StopOutcome outcome = driver_->stop(kStopGrace);
  record_call(-1, "", "stop", json::object(), begun, outcome.answer);
  if (!outcome.exited_in_time) sink_.write({{"type", "candidate"}, {"t", now_us_()}, {"state", "silent"}});
  return outcome;
}

void CandidateSession::kill() {
  if (driver_) driver_->kill();
}

bool CandidateSession::alive() const { return driver_ != nullptr && driver_->alive(); }

void CandidateSession::on_stderr(std::string_view line) {
  sink_.write({{"type", "event"}, {"t", now_us_()}, {"event", "stderr"}, {"line", line}});
}

void CandidateSession::on_notification(const std::string& method, const json& params) {
  // The contract's `event {type, ...}` and `log {level, message}`; their members stand beside the record's own.
  json record = params;
  const json type = params.value("type", json());
  record["type"] = "event";
  record["t"] = now_us_();
  record["event"] = method == "event" && type.is_string() ? type : json(method);
  sink_.write(record);
}

void CandidateSession::on_exit(const std::optional<ExitStatus>& status) {
  json record{{"type", "candidate"}, {"t", now_us_()}, {"state", "exited"}};
  if (status && status->signal != 0) record["signal"] = status->signal;
  if (status && status->signal == 0) record["code"] = status->code;
  sink_.write(record);
}

}  // namespace plumbline::conformance
