#include "simulator/kube/transport/request_head.h"

#include <algorithm>
#include <utility>

namespace plumbline::kube {
namespace {

bool same_name(std::string_view name, std::string_view lower) {
  return name.size() == lower.size() && std::equal(name.begin(), name.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

constexpr std::pair<std::string_view, std::string HttpRequest::*> kHeaders[] = {
    {"accept", &HttpRequest::accept},
    {"accept-encoding", &HttpRequest::accept_encoding},
    {"authorization", &HttpRequest::authorization},
    {"content-type", &HttpRequest::content_type},
    {"if-none-match", &HttpRequest::if_none_match},
    {"impersonate-user", &HttpRequest::impersonate_user},
    {"user-agent", &HttpRequest::user_agent}};

}  // namespace

void RequestHead::add(std::string_view name, std::string_view value) {
  for (const auto& [header, member] : kHeaders) {
    if (!same_name(name, header)) continue;
    std::string& text = request_.*member;
    // Lists may come in several lines; of the others the first counts.
    if (text.empty())
      text = value;
    else if (member == &HttpRequest::accept || member == &HttpRequest::accept_encoding)
      text.append(",").append(value);
    return;
  }
  if (same_name(name, "impersonate-group")) request_.impersonate_groups.emplace_back(value);
  if (same_name(name, "expect") && value == "100-continue") expects_continue = true;
}

HttpRequest RequestHead::request(const SessionContext& context) {
  HttpRequest request = std::move(request_);
  request.method = std::move(method);
  request.target = std::move(target);
  request.certificate = context.certificate;
  request.bad_certificate = context.bad_certificate;
  request.from = context.from;
  return request;
}

}  // namespace plumbline::kube
