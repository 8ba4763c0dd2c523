#pragma once
#include "lab/cloud.h"

namespace vpcp::lab {

template <class Record>
Record* Cloud::find(std::map<Seq, Record>& records, const std::string& id) const {
  const auto seq = state_.by_id.find(id);
  if (seq == state_.by_id.end()) return nullptr;
  const auto record = records.find(seq->second);
  return record == records.end() ? nullptr : &record->second;
}

/// The records in the order of their creation.
template <class Record>
std::vector<const Record*> in_order(const std::map<Seq, Record>& records) {
  std::vector<const Record*> all;
  all.reserve(records.size());
  for (const auto& [seq, record] : records) all.push_back(&record);
  return all;
}

/// The real API cuts long texts without a word.
inline std::string cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;  // whole characters
  text.resize(limit);
  return text;
}

constexpr std::size_t kMaxDescription = 255;
constexpr std::size_t kMaxKeyName = 128;

inline Refusal no_such_vpc() {
  return {404, "Invalid VPC ID"};
}
inline Refusal no_such_instance() {
  return {404, "instance not found"};
}
inline Refusal no_such_group() {
  return {404, "Invalid firewall group ID"};
}

}  // namespace vpcp::lab
