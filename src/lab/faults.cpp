#include "lab/faults.h"

#include <array>

namespace vpcp::lab {
namespace {

struct Name {
  FaultKind kind;
  const char* text;
};
constexpr std::array kNames{
    Name{FaultKind::Throttle, "throttle"},
    Name{FaultKind::ServerError, "error500"},
    Name{FaultKind::Unauthorized, "unauthorized"},
    Name{FaultKind::Forbidden, "forbidden"},
    Name{FaultKind::Locked, "locked"},
    Name{FaultKind::Slow, "slow"},
    Name{FaultKind::LostAnswer, "lost_answer"},
    Name{FaultKind::DelayedVisibility, "delayed_visibility"},
    Name{FaultKind::StuckBoot, "stuck_boot"},
    Name{FaultKind::CapacityRefused, "capacity_refused"},
    Name{FaultKind::Quota, "quota"},
};

}  // namespace

std::optional<FaultKind> parse_fault_kind(const std::string& text) {
  for (const Name& name : kNames) {
    if (text == name.text) return name.kind;
  }
  return std::nullopt;
}

std::string to_text(FaultKind kind) {
  for (const Name& name : kNames) {
    if (kind == name.kind) return name.text;
  }
  return {};
}

void Faults::FreePattern::operator()(regex_t* pattern) const {
  ::regfree(pattern);
  delete pattern;
}

Answer<int> Faults::add(Fault fault) {
  auto compiled = std::make_unique<regex_t>();
  if (::regcomp(compiled.get(), fault.path.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return Refusal{400, "match.path is no regular expression: " + fault.path};
  }
  std::unique_ptr<regex_t, FreePattern> path(compiled.release());
  return state_.with([&](State& state) {
    fault.id = ++state.last_id;
    state.entries.push_back({fault, std::move(path)});
    return Answer<int>(fault.id);
  });
}

void Faults::clear() {
  state_.with([](State& state) { state.entries.clear(); });
}

bool Faults::remove(int id) {
  return state_.with([&](State& state) {
    return std::erase_if(state.entries, [&](const Entry& entry) { return entry.fault.id == id; }) > 0;
  });
}

std::vector<Fault> Faults::list() const {
  return state_.with([](const State& state) {
    std::vector<Fault> faults;
    for (const Entry& entry : state.entries) faults.push_back(entry.fault);
    return faults;
  });
}

std::vector<Fault> Faults::strike(const std::string& method, const std::string& path) {
  return state_.with([&](State& state) {
    std::vector<Fault> struck;
    for (Entry& entry : state.entries) {
      Fault& fault = entry.fault;
      if (!fault.method.empty() && fault.method != method) continue;
      if (::regexec(entry.path.get(), path.c_str(), 0, nullptr, 0) != 0) continue;
      if (fault.skip > 0) {
        --fault.skip;
        continue;
      }
      ++fault.struck;
      struck.push_back(fault);
    }
    std::erase_if(state.entries, [](const Entry& entry) {
      return entry.fault.count > 0 && entry.fault.struck >= entry.fault.count;
    });
    return struck;
  });
}

}  // namespace vpcp::lab
