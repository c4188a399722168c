#include "wire/completion.h"

#include <nlohmann/json.hpp>

namespace plumbline::wire {
namespace {

using nlohmann::json;

json json_of(const Offer& offer) {
  return {{"words", offer.words}, {"files", offer.files}, {"folders", offer.folders}};
}

Offer offer_of(const json& item) {
  return {item.at("words").get<std::vector<std::string>>(), item.at("files").get<std::string>(),
          item.at("folders").get<bool>()};
}

}  // namespace

std::string completions_text(const std::vector<Completion>& completions) {
  json list = json::array();
  for (const Completion& completion : completions) {
    json values = json::object();
    for (const auto& [option, offer] : completion.values) values[option] = json_of(offer);
    list.push_back({{"command", completion.command},
                    {"words", completion.words},
                    {"options", completion.options},
                    {"values", std::move(values)},
                    {"arguments", json_of(completion.arguments)}});
  }
  return list.dump();
}

Result<std::vector<Completion>> parse_completions(std::string_view text) {
  try {
    std::vector<Completion> completions;
    for (const json& item : json::parse(text)) {
      Completion completion{item.at("command").get<std::string>(),
                            item.at("words").get<std::vector<std::string>>(),
                            item.at("options").get<std::vector<std::string>>(),
                            {},
                            offer_of(item.at("arguments"))};
      for (const auto& [option, offer] : item.at("values").items()) completion.values[option] = offer_of(offer);
      completions.push_back(std::move(completion));
    }
    return completions;
  } catch (const json::exception& mistake) {
    return Error{Reason::kInvalidValue, mistake.what(), "", ""};
  }
}

}  // namespace plumbline::wire
