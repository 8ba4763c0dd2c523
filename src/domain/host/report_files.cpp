#include "domain/host/report_lines.h"
#include "domain/host/report_sections.h"

namespace vpcp {

// sha256sum: DIGEST, two spaces, PATH.
bool read_digest(std::string_view line, HostFacts& facts) {
  const auto words = split_words(line);
  if (words.size() != 2 || words[0].size() != 64) return false;
  facts.files[std::string(words[1])].sha256 = std::string(words[0]);
  return true;
}

// MODE UID:GID PATH. A file without a digest was removed while we looked: it counts as gone.
bool read_permissions(std::string_view line, HostFacts& facts) {
  const auto words = split_words(line);
  if (words.size() != 3) return false;
  const auto file = facts.files.find(std::string(words[2]));
  if (file == facts.files.end()) return true;
  file->second.mode = std::string(words[0]);
  file->second.owner = std::string(words[1]);
  return true;
}

}  // namespace vpcp
