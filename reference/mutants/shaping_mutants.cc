// Mutants of the bytes that go to Pods and come back.
#include <algorithm>
#include <cctype>

#include "reference/mutants/policy_mutant.h"

namespace plumbline::gateway {
namespace {

using ShapingMutant = PolicyMutant<RequestShaping>;

struct HostIgnored : ShapingMutant {
  using ShapingMutant::ShapingMutant;
  void host(const ShapedRequest& request, std::string& host) const override {
    if (host == request.host) return;
    reached();
    host = std::string(request.host);
  }
};

struct HostAppended : ShapingMutant {
  using ShapingMutant::ShapingMutant;
  void host(const ShapedRequest& request, std::string& host) const override {
    if (host == request.host) return;
    reached();
    host = std::string(request.host) + "," + host;
  }
};

struct DropsQuery : ShapingMutant {
  using ShapingMutant::ShapingMutant;
  void target(const ShapedRequest&, std::string& target) const override {
    const auto query = target.find('?');
    if (query == std::string::npos) return;
    reached();
    target.resize(query);
  }
};

struct LowercasesPath : ShapingMutant {
  using ShapingMutant::ShapingMutant;
  void target(const ShapedRequest&, std::string& target) const override {
    const auto end = target.begin() + static_cast<std::ptrdiff_t>(std::min(target.find('?'), target.size()));
    const std::string before = target;
    std::transform(target.begin(), end, target.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (target != before) reached();
  }
};

struct TruncatesBody : ShapingMutant {
  static constexpr std::uint64_t kKept = 4096;
  using ShapingMutant::ShapingMutant;
  bool reframes_bodies() const override { return true; }
  void request_body(std::string& piece, std::uint64_t offset) const override { cut(piece, offset); }
  void response_body(std::string& piece, std::uint64_t offset) const override { cut(piece, offset); }

 private:
  void cut(std::string& piece, std::uint64_t offset) const {
    if (offset + piece.size() <= kKept) return;
    reached();
    piece.resize(offset < kKept ? static_cast<std::size_t>(kKept - offset) : 0);
  }
};

/// As proxies do: names itself to both sides, and gives every request a number.
struct ExtraHeaders : ShapingMutant {
  using ShapingMutant::ShapingMutant;
  void request_fields(std::string& head) const override {
    reached();
    head += "Via: 1.1 gateway\r\nX-Request-Id: 7b1f\r\n";
  }
  void response_fields(std::string& head) const override { head += "Via: 1.1 gateway\r\nX-Gateway-Time: 3\r\n"; }
};

}  // namespace

void add_shaping_mutants(std::vector<Mutant>& mutants) {
  const auto part = &Assembly::shaping;
  mutants.push_back({"host-ignored", "TUN-08", "sends the client's Host to Pods", swap_in<HostIgnored>(part)});
  mutants.push_back({"host-appended", "TUN-08", "adds the host header to the client's", swap_in<HostAppended>(part)});
  mutants.push_back({"drops-query", "HTTP-01", "cuts the query off", swap_in<DropsQuery>(part)});
  mutants.push_back({"lowercases-path", "HTTP-01", "sends paths in lower case", swap_in<LowercasesPath>(part)});
  mutants.push_back({"truncates-body", "HTTP-01", "cuts bodies after 4 KiB", swap_in<TruncatesBody>(part)});
  mutants.push_back({"harmless-extra-headers", kHarmless, "adds fields of its own to requests and answers",
                     swap_in<ExtraHeaders>(part)});
}

}  // namespace plumbline::gateway
