#include "conformance/command_line/completion.h"

#include <fmt/format.h>

namespace plumbline::conformance {

std::string completion_script(const std::string& shell, const std::vector<Completion>& completions) {
  std::string script;
  if (shell == "zsh") script += "#compdef plumbline\nautoload -U +X bashcompinit && bashcompinit\n";
  script += "_plumbline() {\n  local command=\"\" word\n  COMPREPLY=()\n";
  script += "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"${command:+$command }$word\" in\n      ";
  bool first = true;
  for (const auto& completion : completions) {
    if (completion.command.empty()) continue;
    script += fmt::format("{}\"{}\"", first ? "" : "|", completion.command);
    first = false;
  }
  script += ") command=\"${command:+$command }$word\" ;;\n    esac\n  done\n  case \"$command\" in\n";
  for (const auto& completion : completions) {
    script += fmt::format("    \"{}\") COMPREPLY=($(compgen -W \"{}\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")) ;;\n",
                          completion.command, fmt::join(completion.words, " "));
  }
  script += "  esac\n}\ncomplete -o default -F _plumbline plumbline\n";
  return script;
}

}  // namespace plumbline::conformance
