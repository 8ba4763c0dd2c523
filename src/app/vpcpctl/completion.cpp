#include "app/vpcpctl/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

namespace vpcp::ctl {
namespace {

constexpr const char* kBash = R"(# bash: source <(vpcpctl completion bash)
_vpcpctl() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
    "${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o default -F _vpcpctl vpcpctl kubectl-vpcp
)";

constexpr const char* kZsh = R"(#compdef vpcpctl kubectl-vpcp
# zsh: source <(vpcpctl completion zsh)
_vpcpctl() {
  local -a answers
  answers=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ -n "${answers[*]}" ]]; then compadd -a answers; else _files; fi
}
compdef _vpcpctl vpcpctl kubectl-vpcp
)";

constexpr const char* kFish = R"(# fish: vpcpctl completion fish | source
function __vpcpctl_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete $words[2..-1] 2> /dev/null
end
complete -c vpcpctl -f -a '(__vpcpctl_complete)'
complete -c kubectl-vpcp -f -a '(__vpcpctl_complete)'
)";

/// The values that an option takes, where they are few.
std::vector<std::string> values_of(const std::string& option) {
  static const std::map<std::string, std::vector<std::string>> kValues{
      {"-o", {"table", "wide", "json", "yaml"}},
      {"--output", {"table", "wide", "json", "yaml"}},
      {"--format", {"svg", "dot", "mermaid"}}};
  const auto found = kValues.find(option);
  return found == kValues.end() ? std::vector<std::string>{} : found->second;
}

const CLI::Option* option_of(const std::vector<const CLI::App*>& apps, const std::string& word) {
  for (const CLI::App* app : apps) {
    if (const CLI::Option* option = app->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

const CLI::App* command_named(const CLI::App& app, const std::string& name) {
  const auto found = app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

bool takes_value(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0;
}

void add_options(const CLI::App& app, std::vector<std::string>& out) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
  }
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : "";
}

std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words,
                                     const std::function<std::vector<std::string>()>& names) {
  const std::string begun = words.empty() ? "" : words.back();
  std::vector<const CLI::App*> apps{&app};
  std::string before;  // the option whose value is begun
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    const bool is_value = !before.empty();
    before.clear();
    if (is_value) continue;
    if (word.starts_with("-") && takes_value(option_of(apps, word))) {
      before = word;
    } else if (const CLI::App* sub = apps.size() == 1 ? command_named(app, word) : nullptr) {
      apps.push_back(sub);
    }
  }
  std::vector<std::string> all;
  if (!before.empty()) {
    all = values_of(before);
  } else if (begun.starts_with("-")) {
    for (const CLI::App* one : apps) add_options(*one, all);
  } else if (apps.size() == 1) {
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App* s) { return !s->get_group().empty(); }))
      all.push_back(sub->get_name());
  } else if (apps.back()->get_option_no_throw("NAME") != nullptr) {
    all = names();
  }
  std::erase_if(all, [&](const std::string& one) { return !one.starts_with(begun); });
  std::ranges::sort(all);
  return all;
}

}  // namespace vpcp::ctl
