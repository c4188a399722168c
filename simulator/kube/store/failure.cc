#include "simulator/kube/store/failure.h"

#include <fmt/format.h>

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace plumbline::kube {
namespace {

Value details_of(const Kind& kind, std::string_view name) {
  Value details{{"kind", kind.plural}};
  if (!name.empty()) details["name"] = name;
  if (!kind.group.empty()) details["group"] = kind.group;
  return details;
}

}  // namespace

Value Failure::status() const {
  Value status{{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", metadata},
               {"status", "Failure"}, {"message", message}, {"code", code}};
  if (!reason.empty()) status["reason"] = reason;
  if (!details.is_null()) status["details"] = details;
  return status;
}

void throw_exception_from_error(const Failure& failure, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error(fmt::format("{} {}", failure.code, failure.message)), where);
}

Failure not_found(const Kind& kind, std::string_view name) {
  return {404, "NotFound", fmt::format("{} \"{}\" not found", kind.qualified_plural(), name), details_of(kind, name)};
}

Failure already_exists(const Kind& kind, std::string_view name) {
  return {409, "AlreadyExists", fmt::format("{} \"{}\" already exists", kind.qualified_plural(), name),
          details_of(kind, name)};
}

Failure conflict(const Kind& kind, std::string_view name) {
  return {409, "Conflict",
          fmt::format("Operation cannot be fulfilled on {} \"{}\": the object has been modified; please apply your "
                      "changes to the latest version and try again",
                      kind.qualified_plural(), name),
          details_of(kind, name)};
}

Failure invalid(const Kind& kind, std::string_view name, const std::vector<Cause>& causes) {
  Value listed = Value::array();
  std::string words;
  for (const Cause& cause : causes) {
    listed.push_back(Value{{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
    words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", cause.field, cause.message);
  }
  if (causes.size() > 1) words = "[" + words + "]";
  Value details = details_of(kind, name);
  if (kind.name.empty())
    details.erase("kind");
  else
    details["kind"] = kind.name;
  details["causes"] = std::move(listed);
  return {422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", kind.qualified_name(), name, words),
          std::move(details)};
}

Failure forbidden(const Kind& kind, std::string_view name, std::string_view why) {
  const std::string object =
      name.empty() ? kind.qualified_plural() : fmt::format("{} \"{}\"", kind.qualified_plural(), name);
  return {403, "Forbidden", fmt::format("{} is forbidden: {}", object, why), details_of(kind, name)};
}

Failure bad_request(std::string_view message) { return {400, "BadRequest", std::string(message), nullptr}; }

Failure expired(std::string_view message) { return {410, "Expired", std::string(message), nullptr}; }

Failure method_not_allowed() {
  return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Value::object()};
}

}  // namespace plumbline::kube
