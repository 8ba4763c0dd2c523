#pragma once
#include <string>
#include <vector>

namespace vpcp {

/// A reason that the code sets: in a condition, of an edge, a server or an error, or of an event.
struct Reason {
  const char* name;
  const char* means;   ///< What was found; a sentence without its stop.
  const char* advice;  ///< What a person does about it, imperative; "" where all is well.
};

struct ReasonGroup {
  const char* title;
  const char* intro;  ///< Where its reasons are seen.
  std::vector<Reason> reasons;
};

/// Every reason, each in one group. docs/reference/conditions.md is made of it, and a test holds it against
/// the words in the code.
const std::vector<ReasonGroup>& reason_groups();

/// What was found when it is given; "" for one that is not known.
std::string meaning_of(const std::string& reason);

/// What a person does about a reason: one sentence; "" for one that says that all is well, or is not known.
/// NAME in it stands for the name of the object.
std::string advice_for(const std::string& reason);

}  // namespace vpcp
