#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The object's name, state and status for people to read: YAML, without the spec.
std::string status_to_yaml(const VpcPeering& object);

/// Compact JSON with the field names of the manifest; read_status_json and read_spec_json read it back. Times
/// keep whole seconds.
std::string status_to_json(const PeeringStatus& status);
std::string spec_to_json(const PeeringSpec& spec);
/// apiVersion, kind, metadata and spec, without status; read_peering_json reads it back.
std::string peering_to_json(const VpcPeering& object);

/// Whole objects, status included, as kubectl shows them.
enum class TextForm { Json, Yaml };
std::string object_text(const VpcPeering& object, TextForm form);
std::string list_text(const std::vector<VpcPeering>& objects, TextForm form);
/// Whose it is and status.drift, oldest first, with the field names of the status; without entries an empty
/// list.
std::string drift_text(const VpcPeering& object, TextForm form);

/// An answer to a program that is no object: named values, and lists of them. No text, no time: left out.
using AnswerValue = std::variant<std::string, std::int64_t, double, SystemTime>;
using AnswerFields = std::vector<std::pair<std::string, AnswerValue>>;
struct Answer {
  std::vector<std::pair<std::string, std::vector<AnswerFields>>> lists;
  AnswerFields fields;
};
std::string answer_text(const Answer& answer, TextForm form);

}  // namespace vpcp
