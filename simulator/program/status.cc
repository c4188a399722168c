#include "simulator/program/status.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "model/counted.h"
#include "simulator/program/control.h"
#include "simulator/program/exec.h"

namespace plumbline::program {
namespace {

using nlohmann::json;

std::string count_of(const json& number, const char* one) { return counted(number.get<std::int64_t>(), one); }

}  // namespace

std::string fault_text(const std::string& cluster, const json& fault) {
  std::string text = fmt::format("fault {} {}", cluster, fault.at("is").get<std::string>());
  if (fault.contains("delayMs")) {
    const auto delay = fault.at("delayMs").get<std::int64_t>();
    text += fmt::format(" --{} {}ms", delay < 0 ? "behind" : "delay", std::abs(delay));
  }
  if (fault.contains("code")) text += fmt::format(" --code {}", fault.at("code").get<int>());
  if (fault.contains("tls")) text += " --tls " + fault.at("tls").get<std::string>();
  if (fault.contains("retryAfterS")) text += fmt::format(" --retry-after {}s", fault.at("retryAfterS").get<int>());
  if (fault.contains("share")) text += fmt::format(" --share {:g}%", fault.at("share").get<double>() * 100);
  for (const char* list : {"verbs", "resources"})
    if (fault.contains(list))
      text += fmt::format(" --{} {}", list, fmt::join(fault.at(list).get<std::vector<std::string>>(), ","));
  if (fault.contains("user")) text += " --user " + fault.at("user").get<std::string>();
  if (fault.contains("deletes")) text += " --deletes " + fault.at("deletes").get<std::string>();
  if (fault.contains("leftMs")) text += fmt::format("   ({:.1f} s left)", fault.at("leftMs").get<double>() / 1000);
  return text;
}

std::string status_text(const json& status) {
  std::string text = fmt::format("world {}\n", status.at("world").get<std::string>());
  for (const json& cluster : status.at("clusters")) {
    const auto name = cluster.at("cluster").get<std::string>();
    text +=
        fmt::format("  {}  {}, {}", name, count_of(cluster.at("pods"), "Pod"), count_of(cluster.at("nodes"), "node"));
    if (cluster.at("notReady") != 0) text += fmt::format(", {} of them not ready", cluster.at("notReady").get<int>());
    text += "\n";
    for (const json& fault : cluster.at("faults")) text += "    " + fault_text(name, fault) + "\n";
  }
  return text;
}

ExitCode show_status(const StatusOrder& order) {
  std::vector<std::string> worlds = worlds_up();
  if (order.world || worlds.empty()) {
    const auto chosen = choose_world(order.world, worlds);
    if (!chosen) {
      fmt::print(stderr, "plumbline-sim: {}\n", chosen.error().text);
      return ExitCode::kUsage;
    }
    worlds = {*chosen};
  }
  json all = json::array();
  for (const std::string& world : worlds) {
    const auto said = order_control(world, {{"status", true}});
    const bool has_just_ended = !said && said.error().reason == Reason::kNotFound && worlds.size() > 1;
    if (has_just_ended) continue;
    if (!said) {
      fmt::print(stderr, "plumbline-sim: {}\n", said.error().text);
      return said.error().reason == Reason::kNotFound ? ExitCode::kUsage : ExitCode::kOurFailure;
    }
    all.push_back(json::parse(*said));
  }
  if (order.json) fmt::print("{}\n", all.dump(2));
  if (!order.json)
    for (const json& status : all) fmt::print("{}", status_text(status));
  return ExitCode::kGood;
}

}  // namespace plumbline::program
