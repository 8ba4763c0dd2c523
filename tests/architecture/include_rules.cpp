#include "architecture/include_rules.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>

namespace vpcp::testing {
namespace {

struct FolderRule {
  std::set<std::string> folders;      ///< Of ours; its own always.
  std::set<std::string> third_party;  ///< As third_party_of names them.
};

/// Folders are the first path element below src/ or include/vpcp/, of adapters the first two.
const std::map<std::string, FolderRule> kRules{
    {"base", {{}, {"spdlog", "sodium", "openssl"}}},
    {"api", {{"base"}, {"nlohmann", "yaml-cpp"}}},
    {"ports", {{"base", "api"}, {}}},
    // JSON: `ip -j` output of hosts and the record's data. sodium: keys only.
    {"domain", {{"base", "api"}, {"sodium", "nlohmann"}}},
    // What a person is shown, made of values.
    {"views", {{"base", "api", "domain"}, {}}},
    {"runtime", {{"base", "api", "ports"}, {}}},
    {"controllers", {{"base", "api", "ports", "domain", "runtime"}, {}}},
    {"adapters/cpprest", {{"base", "api", "ports"}, {"cpprest", "openssl", "boost"}}},
    {"adapters/vultr", {{"base", "api", "ports"}, {"nlohmann"}}},
    // runtime: the pure state machine of list and watch.
    {"adapters/kube", {{"base", "api", "ports", "runtime"}, {"nlohmann", "yaml-cpp", "openssl"}}},
    {"adapters/libssh", {{"base", "api", "ports"}, {"libssh"}}},
    {"adapters/directory", {{"base", "api", "ports"}, {"nlohmann", "yaml-cpp", "sodium"}}},
    {"adapters/prometheus", {{"base", "api", "ports"}, {"prometheus"}}},
    {"adapters/web", {{"base", "api", "ports"}, {"nlohmann"}}},
    {"lab", {{"base"}, {"nlohmann", "cpprest", "openssl", "boost"}}},
};
/// The one place that names concrete types: every folder, but only the command line's library.
const std::set<std::string> kAppThirdParty{"CLI11"};

/// Names a type and brings in nothing of it.
const std::string kDeclaresOnly = "nlohmann/json_fwd.hpp";

/// Libraries that a folder may use in these files only.
const std::map<std::pair<std::string, std::string>, std::string> kNarrowed{
    {{"base", "spdlog"}, "src/base/log.cpp"},
    {{"base", "sodium"}, "src/base/secret.cpp"},
    {{"base", "openssl"}, "src/base/secret.cpp"},
    {{"domain", "sodium"}, "src/domain/keys"},
};

/// domain is a set of functions of their arguments: it has no threads, clocks, files or environment.
const std::set<std::string> kNotInDomain{
    "thread",     "mutex", "condition_variable", "atomic",    "future",      "fstream", "iostream", "random",
    "filesystem", "ctime", "stop_token",         "semaphore", "shared_mutex"};
const std::set<std::string> kDomainForbidsOfBase{"vpcp/base/log.h", "vpcp/base/context.h",
                                                 "vpcp/base/guarded.h"};

/// Folders whose own headers may show a third-party type, because no other folder sees such a header.
bool may_have_private_headers(const std::string& folder) {
  return folder == "api" || folder == "lab" || folder.starts_with("adapters/");
}

std::string folder_of(const std::string& path) {
  std::string rest = path;
  for (const std::string prefix : {"src/", "include/vpcp/", "vpcp/"}) {
    if (rest.starts_with(prefix)) {
      rest = rest.substr(prefix.size());
      break;
    }
  }
  const std::size_t end = rest.find('/', rest.starts_with("adapters/") ? 9 : 0);
  return end == std::string::npos ? "" : rest.substr(0, end);
}

bool is_header(const std::string& path) {
  return path.ends_with(".h");
}

struct Include {
  std::string name;
  bool angled{false};
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex kLine(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> includes;
  std::istringstream lines(text);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_search(line, match, kLine)) includes.push_back({match[2], match[1] == "<"});
  }
  return includes;
}

/// The library that a header in angle brackets belongs to; "" for the standard library and the system.
std::string third_party_of(const std::string& header) {
  static const std::vector<std::pair<std::string, std::string>> kPrefixes{
      {"nlohmann/", "nlohmann"},     {"yaml-cpp/", "yaml-cpp"}, {"cpprest/", "cpprest"},
      {"pplx/", "cpprest"},          {"openssl/", "openssl"},   {"libssh/", "libssh"},
      {"sodium", "sodium"},          {"spdlog/", "spdlog"},     {"fmt/", "spdlog"},
      {"prometheus/", "prometheus"}, {"CLI/", "CLI11"},         {"boost/", "boost"},
      {"kubernetes/", "client"},     {"curl/", "curl"}};
  for (const auto& [prefix, library] : kPrefixes) {
    if (header.starts_with(prefix)) return library;
  }
  return "";
}

/// A header of the operating system: <unistd.h>, <sys/socket.h>. The standard library's have no suffix.
bool is_system_header(const std::string& header) {
  return header.ends_with(".h") && third_party_of(header).empty();
}

bool touches_the_system(const std::string& folder) {
  return folder == "lab" || folder == "app" || folder.starts_with("adapters/");
}

/// The file under the project that an include in quotes means, if it is one of ours.
std::string project_path(const std::string& name) {
  return name.starts_with("vpcp/") ? "include/" + name : "src/" + name;
}

class Checker {
 public:
  explicit Checker(const std::vector<SourceFile>& files) {
    for (const SourceFile& file : files) includes_[file.path] = includes_of(file.text);
  }
  std::vector<std::string> run() {
    for (const auto& [path, includes] : includes_) {
      const std::string folder = folder_of(path);
      if (folder != "app" && !kRules.contains(folder)) {
        broken(path, "", "lies in a folder that the include table does not know");
        continue;
      }
      for (const Include& include : includes) check(path, folder, include);
    }
    return violations_;
  }

 private:
  void broken(const std::string& path, const std::string& header, const std::string& rule) {
    violations_.push_back(path + (header.empty() ? "" : " includes " + header) + ": " + rule);
  }

  void check(const std::string& path, const std::string& folder, const Include& include) {
    if (!include.angled) return check_ours(path, folder, include.name);
    const std::string library = third_party_of(include.name);
    if (!library.empty()) return check_third_party(path, folder, include.name, library);
    if (is_system_header(include.name) && !touches_the_system(folder) && folder != "base") {
      broken(path, include.name, folder + " does not touch the system");
    }
    if (folder == "domain" && kNotInDomain.contains(include.name)) {
      broken(path, include.name, "domain has no threads, clocks, files or environment");
    }
  }

  void check_ours(const std::string& path, const std::string& folder, const std::string& name) {
    const std::string target = folder_of(name);
    if (target != folder && folder != "app" && !kRules.at(folder).folders.contains(target)) {
      broken(path, name, folder + " may not include " + (target.empty() ? "this" : target));
    }
    if (folder == "domain" && kDomainForbidsOfBase.contains(name)) {
      broken(path, name, "domain neither logs nor waits nor locks");
    }
    if (path.starts_with("include/") && !name.starts_with("vpcp/")) {
      broken(path, name, "the vocabulary includes only vocabulary");
    }
    if (target != folder && !name.starts_with("vpcp/") && target != "domain" && folder != "app") {
      broken(path, name, "private headers stay in their folder");
    }
    // The lab is a program of its own beside the controller: its main may see its libraries.
    if (target == folder || target == "lab") return;
    std::set<std::string> seen;
    const std::string leak = third_party_reached(project_path(name), seen);
    if (!leak.empty()) broken(path, name, "it brings " + leak + " into another folder");
  }

  void check_third_party(const std::string& path, const std::string& folder, const std::string& header,
                         const std::string& library) {
    const std::set<std::string>& allowed = folder == "app" ? kAppThirdParty : kRules.at(folder).third_party;
    if (!allowed.contains(library)) return broken(path, header, folder + " does not use " + library);
    const auto narrowed = kNarrowed.find({folder, library});
    if (narrowed != kNarrowed.end() && !path.starts_with(narrowed->second)) {
      broken(path, header, "only " + narrowed->second + " uses " + library);
    }
    if (header != kDeclaresOnly && is_header(path) &&
        (path.starts_with("include/") || !may_have_private_headers(folder))) {
      broken(path, header, "a header that others see shows no third-party type");
    }
  }

  /// The third-party header that including this file of ours brings along, or "".
  std::string third_party_reached(const std::string& path, std::set<std::string>& seen) {
    const auto file = includes_.find(path);
    if (file == includes_.end() || !seen.insert(path).second) return "";
    for (const Include& include : file->second) {
      if (include.name == kDeclaresOnly) continue;
      if (include.angled && !third_party_of(include.name).empty()) return include.name;
      const std::string deeper = include.angled ? "" : third_party_reached(project_path(include.name), seen);
      if (!deeper.empty()) return deeper;
    }
    return "";
  }

  std::map<std::string, std::vector<Include>> includes_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> include_violations(const std::vector<SourceFile>& files) {
  return Checker(files).run();
}

std::vector<std::string> length_violations(const std::vector<SourceFile>& files, std::size_t limit) {
  std::vector<std::string> violations;
  for (const SourceFile& file : files) {
    const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > limit) violations.push_back(file.path + " has " + std::to_string(lines) + " lines");
  }
  return violations;
}

}  // namespace vpcp::testing
