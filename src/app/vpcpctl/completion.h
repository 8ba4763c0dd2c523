#pragma once
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace vpcp::ctl {

/// A script for bash, zsh or fish that asks this program what may come next; "" for another shell.
std::string completion_script(const std::string& shell);

/// What may stand in place of the last of `words`, which may be begun: commands, options, values, and what
/// `names` gives, the names of objects. The shell completes files where nothing is said.
std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words,
                                     const std::function<std::vector<std::string>()>& names);

}  // namespace vpcp::ctl
