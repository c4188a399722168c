#include "simulator/kube/schema/formats.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::size_t kQuantum = 4;  ///< letters of base64 for three bytes

constexpr bool digit(char letter) { return letter >= '0' && letter <= '9'; }

constexpr std::array<std::pair<std::string_view, double>, 16> kSuffixes{{
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"", 1},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", 1024.},
    {"Mi", 1048576.},
    {"Gi", 1073741824.},
    {"Ti", 1099511627776.},
    {"Pi", 1125899906842624.},
    {"Ei", 1152921504606846976.},
}};

/// The two digits at `at`; -1 when there are none.
int two(std::string_view text, std::size_t at) {
  return digit(text[at]) && digit(text[at + 1]) ? (text[at] - '0') * 10 + (text[at + 1] - '0') : -1;
}

bool two(std::string_view text, std::size_t at, int min, int max) {
  return two(text, at) >= min && two(text, at) <= max;
}

int days_of(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

std::optional<double> quantity_of(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double number = 0, scale = 1;
  bool fraction = false;
  while (!rest.empty() && (digit(rest.front()) || (rest.front() == '.' && !fraction))) {
    if (rest.front() == '.') {
      fraction = true;
    } else {
      number = number * 10 + (rest.front() - '0');
      if (fraction) scale *= 10;
    }
    rest.remove_prefix(1);
  }
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
  const bool month = two(text, 0, 0, 99) && two(text, 2, 0, 99) && two(text, 5, 1, 12);
  if (!month || !two(text, 8, 1, days_of(two(text, 0) * 100 + two(text, 2), two(text, 5)))) return false;
  if (!two(text, 11, 0, 23) || !two(text, 14, 0, 59) || !two(text, 17, 0, 59)) return false;
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
  std::size_t at = 0;
  const auto skip_line_ends = [&] {
    while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
  };
  for (;;) {
    for (std::size_t letters = 0; letters < kQuantum; ++letters) {
      skip_line_ends();
      if (at == text.size()) return letters == 0 ? std::nullopt : std::optional(at - letters);
      if (good(text[at++])) continue;
      if (text[at - 1] != '=' || letters < 2) return at - 1;
      if (letters == 2) {
        skip_line_ends();
        if (at == text.size()) return at;
        if (text[at++] != '=') return at - 2;
      }
      skip_line_ends();
      return at == text.size() ? std::nullopt : std::optional(at);
    }
  }
}

}  // namespace plumbline::kube
