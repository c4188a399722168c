#include "conformance/command_line/completion.h"

#include <fmt/format.h>

namespace plumbline::conformance {
namespace {

// The part that differs by shell: how words, files and folders are offered, and how the line is taken apart. In bash
// the colon and the equals sign begin a new word for completion, although not for the program.
constexpr const char* kBash = R"(
_plumbline_words() { COMPREPLY+=($(compgen -W "$1" -- "$cur")); }
_plumbline_files() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  if [ "$1" = "*" ]; then
    COMPREPLY+=($(compgen -f -- "$cur"))
  else
    COMPREPLY+=($(compgen -d -- "$cur") $(compgen -f -X "!*.$1" -- "$cur"))
  fi
}
_plumbline_folders() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -d -- "$cur"))
}
_plumbline() {
  local line="${COMP_LINE:0:COMP_POINT}" cur prev="" broken=""
  local -a words before
  read -ra words <<<"$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  local last=$((${#words[@]} - 1))
  [ "$last" -ge 1 ] || return 0
  cur="${words[last]}" prev="${words[last - 1]}" before=("${words[@]:1:last - 1}")
  case "$cur" in --*=*) prev="${cur%%=*}" cur="${cur#*=}" ;; esac
  case "$cur" in *[:=]*) broken="${cur%"${cur##*[:=]}"}" ;; esac
  case "${words[0]##*/}" in plumbline-*) before=("${words[0]##*plumbline-}" "${before[@]}") ;; esac
  COMPREPLY=()
  _plumbline_offer "${before[@]}"
  COMPREPLY=("${COMPREPLY[@]#"$broken"}")
}
complete -F _plumbline plumbline plumbline-sim
)";

constexpr const char* kZsh = R"(
_plumbline_words() { compadd -- ${=1}; }
_plumbline_files() { [[ $1 == '*' ]] && _files || _files -g "*.$1"; }
_plumbline_folders() { _files -/; }
_plumbline() {
  local cur="${words[CURRENT]}" prev="${words[CURRENT - 1]}"
  case "$cur" in --*=*) prev="${cur%%=*}" cur="${cur#*=}"; compset -P '*=' ;; esac
  local -a before
  before=("${(@)words[2,CURRENT - 1]}")
  case "${words[1]:t}" in plumbline-*) before=("${words[1]:t:s/plumbline-//}" "${before[@]}") ;; esac
  _plumbline_offer "${before[@]}"
}
if [[ "${funcstack[1]-}" == _plumbline ]]; then
  _plumbline "$@"
else
  compdef _plumbline plumbline plumbline-sim
fi
)";

std::string lines_of(const Offer& offer) {
  std::string lines;
  if (!offer.words.empty()) lines += fmt::format(" _plumbline_words \"{}\";", fmt::join(offer.words, " "));
  if (!offer.files.empty()) lines += fmt::format(" _plumbline_files '{}';", offer.files);
  if (offer.folders) lines += " _plumbline_folders;";
  return lines.empty() ? " :;" : lines;
}

/// What both shells share: finds the command among the words before the current one, then offers what may come.
std::string offer_function(const std::vector<Completion>& completions) {
  std::string text = "_plumbline_offer() {\n  local command=\"\" word\n  for word in \"$@\"; do\n";
  text += "    case \"${command:+$command }$word\" in\n      ";
  std::string separator;
  for (const Completion& completion : completions) {
    if (completion.command.empty()) continue;
    text += fmt::format("{}\"{}\"", separator, completion.command);
    separator = "|";
  }
  text += ") command=\"${command:+$command }$word\" ;;\n    esac\n  done\n  case \"$command $prev\" in\n";
  for (const Completion& completion : completions) {
    for (const auto& [option, offer] : completion.values) {
      text += fmt::format("    \"{} {}\"){} return 0 ;;\n", completion.command, option, lines_of(offer));
    }
  }
  text += "  esac\n  case \"$command\" in\n";
  for (const Completion& completion : completions) {
    Offer all = completion.arguments;
    all.words.insert(all.words.end(), completion.words.begin(), completion.words.end());
    text += fmt::format("    \"{}\") case \"$cur\" in\n        -*) _plumbline_words \"{}\" ;;\n", completion.command,
                        fmt::join(completion.options, " "));
    if (completion.arguments.files.empty() && !completion.arguments.folders) {
      all.words.insert(all.words.end(), completion.options.begin(), completion.options.end());
    }
    text += fmt::format("        *){} ;;\n      esac ;;\n", lines_of(all));
  }
  return text + "  esac\n  return 0\n}\n";
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<Completion>& completions) {
  const std::string head = shell == "zsh" ? "#compdef plumbline plumbline-sim\n" : "";
  return head + offer_function(completions) + (shell == "zsh" ? kZsh + 1 : kBash + 1);
}

}  // namespace plumbline::conformance
