#include "simulator/pods/journal.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "simulator/pods/json_text.h"

namespace plumbline::pods {
namespace {

using Json = nlohmann::json;

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", digest[i]);
  return text;
}

/// Histories are UTF-8; other bytes of a field are shown in base64 behind a marker.
std::string printable(const std::string& text) { return is_utf8(text) ? text : "base64:" + base64(text); }

Json fields(const std::vector<Header>& headers) {
  Json list = Json::array();
  for (const Header& header : headers) list.push_back(Json::array({header.name, printable(header.value)}));
  return list;
}

}  // namespace

void Journal::add_exchange(const wire::Hit& hit, const Request& request, const Answer* answer, bool close) {
  Json entry = {{"t", hit.t},
                {"n", hit.id.n},
                {"seen",
                 {{"pod", hit.pod},
                  {"port", hit.port},
                  {"peer", hit.peer},
                  {"method", request.method},
                  {"target", printable(request.target)},
                  {"version", fmt::format("HTTP/1.{}", request.minor)},
                  {"headers", fields(request.headers)},
                  {"body_bytes", request.body.size()},
                  {"body_sha256", sha256(request.body)}}}};
  if (answer != nullptr) {
    const bool empty = request.method == "HEAD" || answer->status == 204 || answer->status == 304;
    const std::string_view body = empty ? std::string_view() : answer->body;
    entry["answered"] = {{"status", answer->status},
                         {"headers", fields(fields_of(*answer, request.minor, close))},
                         {"body_bytes", body.size()},
                         {"body_sha256", sha256(body)}};
  }
  kept_[hit.id.window].push_back(std::move(entry));
}

std::vector<Json> Journal::take_exchanges(int window) {
  const auto found = kept_.find(window);
  if (found == kept_.end()) return {};
  std::vector<Json> entries = std::exchange(found->second, {});
  std::stable_sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) { return a["t"] < b["t"]; });
  return entries;
}

}  // namespace plumbline::pods
