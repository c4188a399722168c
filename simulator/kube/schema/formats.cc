#include "simulator/kube/schema/formats.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr bool digit(char letter) { return letter >= '0' && letter <= '9'; }

constexpr std::array<std::pair<std::string_view, double>, 16> kSuffixes{{
    {"n", 1e-9},  {"u", 1e-6},  {"m", 1e-3},  {"", 1},      {"k", 1e3},    {"M", 1e6},
    {"G", 1e9},   {"T", 1e12},  {"P", 1e15},  {"E", 1e18},  {"Ki", 1024.}, {"Mi", 1048576.},
    {"Gi", 1073741824.}, {"Ti", 1099511627776.}, {"Pi", 1125899906842624.}, {"Ei", 1152921504606846976.},
}};

/// Two digits at `at`, at most `max`.
bool two(std::string_view text, std::size_t at, int min, int max) {
  if (!digit(text[at]) || !digit(text[at + 1])) return false;
  const int number = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return number >= min && number <= max;
}

}  // namespace

std::optional<double> quantity_of(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  double number = 0, scale = 1;
  bool any = false, fraction = false;
  while (!rest.empty() && (digit(rest.front()) || (rest.front() == '.' && !fraction))) {
    if (rest.front() == '.') {
      fraction = true;
    } else {
      any = true;
      number = number * 10 + (rest.front() - '0');
      if (fraction) scale *= 10;
    }
    rest.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  number = (negative ? -number : number) / scale;
  for (const auto& [suffix, factor] : kSuffixes)
    if (rest == suffix) return number * factor;
  if (rest.front() != 'e' && rest.front() != 'E') return std::nullopt;
  rest.remove_prefix(1);
  if (rest.starts_with('+')) rest.remove_prefix(1);
  int exponent = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
  if (failure != std::errc{} || end != rest.data() + rest.size()) return std::nullopt;
  return number * std::pow(10, exponent);
}

bool is_quantity(std::string_view text) { return quantity_of(text).has_value(); }

bool is_time(std::string_view text) {
  // 2026-11-25T19:16:40
  constexpr std::size_t kSeconds = 19;
  if (text.size() < kSeconds + 1) return false;
  for (const auto& [at, letter] : {std::pair{4, '-'}, {7, '-'}, {10, 'T'}, {13, ':'}, {16, ':'}})
    if (text[static_cast<std::size_t>(at)] != letter) return false;
  const bool date = two(text, 0, 0, 99) && two(text, 2, 0, 99) && two(text, 5, 1, 12) && two(text, 8, 1, 31);
  if (!date || !two(text, 11, 0, 23) || !two(text, 14, 0, 59) || !two(text, 17, 0, 60)) return false;
  text.remove_prefix(kSeconds);
  if (text.front() == '.') {
    text.remove_prefix(1);
    if (text.empty() || !digit(text.front())) return false;
    while (!text.empty() && digit(text.front())) text.remove_prefix(1);
  }
  if (text == "Z") return true;
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && two(text, 1, 0, 23) && text[3] == ':' &&
         two(text, 4, 0, 59);
}

std::optional<std::size_t> base64_mistake(std::string_view text) {
  const auto good = [](char letter) {
    return digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '+' ||
           letter == '/';
  };
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=') {
      const bool at_end = i + 2 >= text.size() && i % 4 >= 2;
      if (!at_end) return i;
      ++padding;
    } else if (!good(text[i]) || padding > 0) {
      return i;
    }
  }
  if (text.size() % 4 != 0) return text.size();
  return std::nullopt;
}

}  // namespace plumbline::kube
