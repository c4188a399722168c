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
      Completion completion{item.at("command").get<std::string>(), item.at("words").get<std::vector<std::string>>(),
                            item.at("options").get<std::vector<std::string>>(), {}, offer_of(item.at("arguments"))};
      for (const auto& [option, offer] : item.at("values").items()) completion.values[option] = offer_of(offer);
      completions.push_back(std::move(completion));
    }
    return completions;
  } catch (const json::exception& mistake) {
    return Error{Reason::kInvalidValue, mistake.what(), "", ""};
  }
}

std::vector<std::string> choices_in(std::string_view type_name) {
  std::vector<std::string> choices;
  const std::size_t begin = type_name.find(":{"), end = type_name.find('}', begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return choices;
  for (std::size_t from = begin + 2; from <= end;) {
    const std::size_t to = std::min(type_name.find(',', from), end);
    choices.emplace_back(type_name.substr(from, to - from));
    from = to + 1;
  }
  return choices;
}

}  // namespace plumbline::wire
