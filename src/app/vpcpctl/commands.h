#pragma once
#include <string>
#include <vector>

#include "app/vpcpctl/session.h"

/// The commands, one file each. Each returns the exit status of the program.
namespace vpcp::ctl {

struct StatusOptions {
  std::string name;  ///< Empty: all.
  bool watch{false};
};
int status_command(Session& session, const StatusOptions& options);

struct ExplainOptions {
  std::string name;
  std::string from;
  std::string to;
  bool look{false};  ///< Log in to the hosts for facts of now.
};
int explain_command(Session& session, const ExplainOptions& options);

int graph_command(Session& session, const std::string& name, const std::string& format);
int drift_command(Session& session, const std::string& name);
int events_command(Session& session, const std::string& name);
/// With an API key also what is ours but no longer needed.
int cost_command(Session& session);

/// Everything that helps to find a fault, in one archive, without secrets. `log`: a file with the
/// controller's log.
int support_bundle_command(Session& session, const std::string& file, const std::string& log);

/// Lists what carries our mark and belongs to no object, or deletes those that are named, after asking.
struct OrphanOptions {
  std::vector<std::string> ids;
  bool yes{false};  ///< Do not ask.
};
int orphans_command(Session& session, const OrphanOptions& options);

struct PlanOptions {
  std::string name;  ///< Of a stored object; or
  std::string file;  ///< a manifest.
};
/// 0: no changes, 2: changes, 1: it failed, or saw no changes and not everything.
int plan_command(Session& session, const PlanOptions& options);

int suspend_command(Session& session, const std::string& name);
int resume_command(Session& session, const std::string& name);
enum class WaitFor { Ready, Deleted };
/// Until it is so; tells meanwhile what it waits for. 1 when the time is over.
int wait_command(Session& session, const std::string& name, WaitFor what, seconds limit);
int reconcile_command(Session& session, const std::string& name, seconds wait);

}  // namespace vpcp::ctl
