#include "wire/history.h"

#include <charconv>

namespace plumbline::wire {
namespace {

using nlohmann::json;

/// Strings listed once, columns hold their index.
class Names {
 public:
  int of(const std::string& text) {
    const auto [found, fresh] = index_.try_emplace(text, static_cast<int>(list_.size()));
    if (fresh) list_.push_back(text);
    return found->second;
  }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::unordered_map<std::string, int> index_;
  std::vector<std::string> list_;
};

bool parse_int(std::string_view text, int& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && into >= 0;
}

}  // namespace

std::string to_string(const RequestId& id) { return std::to_string(id.window) + "-" + std::to_string(id.n); }

RequestId parse_request_id(std::string_view text) {
  const auto dash = text.find('-');
  RequestId id;
  if (dash == std::string_view::npos || !parse_int(text.substr(0, dash), id.window) ||
      !parse_int(text.substr(dash + 1), id.n)) {
    return {};
  }
  return id;
}

json to_record(const std::vector<Hit>& hits) {
  Names names;
  json out{{"type", "hits"},         {"t", json::array()},          {"pod", json::array()},
           {"port", json::array()},  {"connection", json::array()}, {"window", json::array()},
           {"n", json::array()},     {"peer", json::array()},       {"host", json::array()},
           {"status", json::array()}};
  for (const Hit& hit : hits) {
    out["t"].push_back(hit.t);
    out["pod"].push_back(names.of(hit.pod));
    out["port"].push_back(hit.port);
    out["connection"].push_back(hit.connection);
    out["window"].push_back(hit.id.window);
    out["n"].push_back(hit.id.n);
    out["peer"].push_back(names.of(hit.peer));
    out["host"].push_back(names.of(hit.host));
    out["status"].push_back(hit.status);
  }
  out["names"] = names.list();
  return out;
}

std::vector<Hit> hits_from_record(const json& record) {
  const auto names = record.at("names").get<std::vector<std::string>>();
  const std::size_t count = record.at("t").size();
  std::vector<Hit> hits(count);
  for (std::size_t i = 0; i < count; ++i) {
    Hit& hit = hits[i];
    hit.t = record.at("t").at(i);
    hit.pod = names.at(record.at("pod").at(i).get<std::size_t>());
    hit.port = record.at("port").at(i);
    hit.connection = record.at("connection").at(i);
    hit.id = {record.at("window").at(i), record.at("n").at(i)};
    hit.peer = names.at(record.at("peer").at(i).get<std::size_t>());
    hit.host = names.at(record.at("host").at(i).get<std::size_t>());
    hit.status = record.at("status").at(i);
  }
  return hits;
}

json to_record(const std::vector<ClientResult>& results) {
  Names names;
  json out{{"type", "results"},       {"t", json::array()},   {"t1", json::array()},
           {"window", json::array()}, {"n", json::array()},   {"connection", json::array()},
           {"status", json::array()}, {"pod", json::array()}, {"error", json::array()}};
  for (const ClientResult& result : results) {
    out["t"].push_back(result.t);
    out["t1"].push_back(result.t1);
    out["window"].push_back(result.id.window);
    out["n"].push_back(result.id.n);
    out["connection"].push_back(result.connection);
    out["status"].push_back(result.status);
    out["pod"].push_back(names.of(result.pod));
    out["error"].push_back(names.of(result.error));
  }
  out["names"] = names.list();
  return out;
}

std::vector<ClientResult> results_from_record(const json& record) {
  const auto names = record.at("names").get<std::vector<std::string>>();
  const std::size_t count = record.at("t").size();
  std::vector<ClientResult> results(count);
  for (std::size_t i = 0; i < count; ++i) {
    ClientResult& result = results[i];
    result.t = record.at("t").at(i);
    result.t1 = record.at("t1").at(i);
    result.id = {record.at("window").at(i), record.at("n").at(i)};
    result.connection = record.at("connection").at(i);
    result.status = record.at("status").at(i);
    result.pod = names.at(record.at("pod").at(i).get<std::size_t>());
    result.error = names.at(record.at("error").at(i).get<std::size_t>());
  }
  return results;
}

json to_record(const std::vector<Syn>& syns) {
  Names names;
  json out{
      {"type", "syns"}, {"t", json::array()}, {"from", json::array()}, {"to", json::array()}, {"port", json::array()}};
  for (const Syn& syn : syns) {
    out["t"].push_back(syn.t);
    out["from"].push_back(names.of(syn.from));
    out["to"].push_back(names.of(syn.to));
    out["port"].push_back(syn.port);
  }
  out["names"] = names.list();
  return out;
}

std::vector<Syn> syns_from_record(const json& record) {
  const auto names = record.at("names").get<std::vector<std::string>>();
  const std::size_t count = record.at("t").size();
  std::vector<Syn> syns(count);
  for (std::size_t i = 0; i < count; ++i) {
    syns[i] = {record.at("t").at(i), names.at(record.at("from").at(i).get<std::size_t>()),
               names.at(record.at("to").at(i).get<std::size_t>()), record.at("port").at(i)};
  }
  return syns;
}

}  // namespace plumbline::wire
