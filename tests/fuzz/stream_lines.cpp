#include "domain/host/stream.h"
#include "fuzz/fuzz.h"

/// The lines that a followed host writes: a hint, a sign of life, or what is not of our script.
namespace vpcp::fuzz {
namespace {

void line(std::string_view text) {
  const StreamLine read = parse_stream_line(text);
  require(read.hint.has_value() == (read.what == StreamLine::What::Changed), "only a change has a hint");
  if (!read.hint || text.starts_with('[')) return;
  const StreamLine again = parse_stream_line(std::string("changed ") + to_string(*read.hint));
  require(again == read, "a change is read back by its name");
}

}  // namespace

void fuzz(std::string_view input) {
  line(input);  // as one, with what a line cannot have
  while (!input.empty()) {
    const auto end = std::min(input.find('\n'), input.size());
    line(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
}

}  // namespace vpcp::fuzz
