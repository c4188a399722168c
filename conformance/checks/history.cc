#include "conformance/checks/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "conformance/checks/json_fields.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

Error malformed(int line, const std::string& what) {
  return Error{Reason::kInvalidValue, fmt::format("history line {}: {}", line, what), "", ""};
}

/// Sorts one record after the other into a history.
class Loader {
 public:
  explicit Loader(History& history) : history_(history) {}

  void take(int line, const json& record) {
    const std::string type = text_of(record, "type");
    const std::int64_t t = integer_of(record, "t");
    history_.end = std::max({history_.end, t, integer_of(record, "t1", t)});
    history_.truth.feed(record);
    if (type == "hits") {
      for (auto& hit : wire::hits_from_record(record)) add(line, hit, history_.hits);
    } else if (type == "results") {
      for (auto& result : wire::results_from_record(record)) add(line, result, history_.results);
    } else if (type == "syns") {
      for (auto& syn : wire::syns_from_record(record)) add(line, syn, history_.syns);
    } else if (type == "step") {
      step(line, record);
    } else if (type == "control") {
      control(line, record);
    } else if (type == "window") {
      window(line, record);
    } else if (type == "audit") {
      history_.audits.push_back({line, t, text_of(record, "cluster"), text_of(record, "user"), text_of(record, "verb"),
                                 text_of(record, "path"), text_of(record, "from"),
                                 static_cast<int>(integer_of(record, "code"))});
    } else if (type == "stall") {
      const json* ms = member(record, "ms");
      const double length = ms != nullptr && ms->is_number() ? std::clamp(ms->get<double>(), 0.0, 1e9) : 0;
      history_.stalls.push_back({line, t, t + static_cast<std::int64_t>(length * 1000)});
    } else if (type == "end") {
      history_.complete = truth_of(record, "complete");
      history_.mistake = truth_of(record, "mistake");
      history_.cut = truth_of(record, "cut");
      history_.awaited_ms = integer_of(record, "awaited_ms");
      history_.end_error = text_of(record, "error");
      ended_ = true;
    } else if (auto* others = other(type)) {
      if (type == "world" && text_of(record, "action") == "flow-log-lost") {
        history_.flow_log_lost = std::max(history_.flow_log_lost, integer_of(record, "count"));
      }
      others->push_back({line, t, record});
    }
  }

  bool ended() const { return ended_; }

  void finish() {
    const auto by_time = [](const auto& a, const auto& b) { return a.value.t < b.value.t; };
    std::stable_sort(history_.hits.begin(), history_.hits.end(), by_time);
    std::stable_sort(history_.results.begin(), history_.results.end(), by_time);
    std::stable_sort(history_.syns.begin(), history_.syns.end(), by_time);
  }

 private:
  template <class Value>
  void add(int line, Value& value, std::vector<Recorded<Value>>& into) {
    history_.end = std::max(history_.end, value.t);
    into.push_back({line, std::move(value)});
  }

  std::vector<OtherRecord>* other(const std::string& type) {
    if (type == "world") return &history_.world;
    if (type == "event") return &history_.events;
    if (type == "exchange") return &history_.exchanges;
    if (type == "candidate") return &history_.candidate;
    return nullptr;
  }

  void step(int line, const json& record) {
    StepRecord step;
    step.line = line;
    step.t = integer_of(record, "t");
    step.t1 = integer_of(record, "t1", step.t);
    step.index = static_cast<int>(integer_of(record, "index", -1));
    step.verb = text_of(record, "verb");
    step.as = text_of(record, "as");
    step.error = text_of(record, "error");
    step.ok = truth_of(record, "ok");
    step.refused = truth_of(record, "refused");
    step.skipped = truth_of(record, "skipped");
    if (const json* settled = member(record, "settled"); settled != nullptr && settled->is_boolean()) {
      step.settled = settled->get<bool>();
    }
    step.probes = integer_of(record, "probes");
    history_.steps.push_back(std::move(step));
  }

  void control(int line, const json& record) {
    ControlRecord control;
    control.line = line;
    control.t = integer_of(record, "t");
    control.t1 = integer_of(record, "t1", control.t);
    control.step = static_cast<int>(integer_of(record, "step", -1));
    control.as = text_of(record, "as");
    control.method = text_of(record, "method");
    control.silent = text_of(record, "silent");
    control.detail = text_of(record, "detail");
    if (const json* params = member(record, "params")) control.params = *params;
    if (record.contains("result")) control.result = record.at("result");
    if (const json* error = member(record, "error")) control.error = *error;
    history_.controls.push_back(std::move(control));
  }

  void window(int line, const json& record) {
    Window window;
    window.line = line;
    window.t = integer_of(record, "t");
    window.t1 = integer_of(record, "t1", window.t);
    window.index = static_cast<int>(integer_of(record, "window", -1));
    window.as = text_of(record, "as");
    window.kind = text_of(record, "kind");
    window.api = text_of(record, "api");
    window.tunnel = text_of(record, "tunnel");
    window.method = text_of(record, "method");
    window.path = text_of(record, "path");
    window.requests = integer_of(record, "requests");
    window.connections = static_cast<int>(integer_of(record, "connections"));
    window.fresh = truth_of(record, "fresh");
    window.cut = truth_of(record, "cut");
    history_.windows.push_back(std::move(window));
  }

  History& history_;
  bool ended_ = false;
};

}  // namespace

const StepRecord* History::step(std::string_view as) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const StepRecord& step) { return step.as == as; });
  return found == steps.end() ? nullptr : &*found;
}

const Window* History::window(std::string_view as) const {
  const auto found =
      std::find_if(windows.begin(), windows.end(), [&](const Window& window) { return window.as == as; });
  return found == windows.end() ? nullptr : &*found;
}

Result<History> load_history(std::istream& in) {
  History history;
  Loader loader(history);
  std::string text;
  int line = 0;
  while (std::getline(in, text)) {
    ++line;
    if (text.empty()) continue;
    if (text.size() > kHistoryLineBytesMax) return malformed(line, "longer than 64 MiB");
    if (wire::nested_deeper_than(text, kHistoryNestingMax)) {
      return malformed(line, fmt::format("nested deeper than {}", kHistoryNestingMax));
    }
    const json record = json::parse(text, nullptr, false);
    if (record.is_discarded() || !record.is_object()) {
      return malformed(line, history.header.is_null() ? "this is no history, which has a JSON object on each line"
                                                      : "not a JSON object");
    }
    if (history.header.is_null()) {
      if (text_of(record, "type") != "header") return malformed(line, "the first record is no header");
      if (text_of(record, "schema") != wire::kHistorySchema) {
        return malformed(line,
                         fmt::format("schema '{}', known is {}", text_of(record, "schema"), wire::kHistorySchema));
      }
      history.header = record;
    }
    try {
      loader.take(line, record);
    } catch (const std::exception& error) {  // columns that are no columns
      return malformed(line, error.what());
    }
  }
  if (history.header.is_null()) return Error{Reason::kInvalidValue, "this is no history: it has no line", "", ""};
  if (!loader.ended()) return malformed(line, "truncated: no 'end' record");
  loader.finish();
  return history;
}

}  // namespace plumbline::conformance
