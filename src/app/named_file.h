#pragma once
#include <fstream>
#include <optional>
#include <string>

namespace vpcp::app {

/// The text of a manifest that a person has named; nullopt when it cannot be read: a folder can be opened,
/// and not be read. No more than one byte over what the reader of manifests takes, which says that it is too
/// much.
inline std::optional<std::string> text_of_named_file(const std::string& file) {
  constexpr std::size_t kMost = (std::size_t{4} << 20U) + 1;
  std::ifstream in(file, std::ios::binary);
  std::string text(kMost, '\0');
  // read() keeps to itself what the iterators of a stream throw.
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace vpcp::app
