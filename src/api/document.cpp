#include "api/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace vpcp {

using nlohmann::json;

std::string field_path(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "." + name;
}

std::string item_path(const std::string& parent, std::size_t index) {
  return parent + "[" + std::to_string(index) + "]";
}

namespace {

constexpr std::size_t kMaxText = std::size_t{4} << 20U;  // a manifest of 64 sites is about 100 kB
constexpr int kMaxDepth = 64;                            // a VPCPeering is 8 deep
constexpr std::size_t kMaxNodes = 200'000;               // aliases count each time they are used

struct Refused : std::runtime_error {
  Refused(Position where, std::string path, const std::string& what, std::string how)
      : std::runtime_error(what), position(where), field(std::move(path)), fix(std::move(how)) {}
  Position position;
  std::string field;
  std::string fix;
};

Position position_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return all_digits(text);
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    if (!is_integer(text.substr(e + 1))) return false;
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return all_digits(text);
  const auto whole = text.substr(0, dot);
  const auto fraction = text.substr(dot + 1);
  if (whole.empty()) return all_digits(fraction);
  return all_digits(whole) && (fraction.empty() || all_digits(fraction));
}

json integer_value(const std::string& text) {
  const char* digits = text.starts_with('+') ? text.c_str() + 1 : text.c_str();
  errno = 0;
  if (*digits == '-') {
    const long long value = std::strtoll(digits, nullptr, 10);
    if (errno == 0) return value;
  } else {
    const unsigned long long value = std::strtoull(digits, nullptr, 10);
    if (errno == 0) return value;
  }
  return std::strtod(digits, nullptr);
}

}  // namespace

json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (is_integer(text)) return integer_value(text);
  if (is_float(text)) return std::strtod(text.c_str(), nullptr);
  return text;
}

namespace {

/// Converts one YAML document, bounded in depth and in nodes since aliases can make a small text endless.
class Converter {
 public:
  explicit Converter(Source& source) : source_(source) {}

  json convert(const YAML::Node& node, const std::string& path, Position where, int depth = 0) {
    if (depth > kMaxDepth) throw Refused(where, path, "is nested too deep", "use fewer levels");
    if (++nodes_ > kMaxNodes) {
      throw Refused(where, path, "is too large a document", "split it, or use fewer aliases");
    }
    source_.positions[path] = where;
    switch (node.Type()) {
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        return nullptr;
      case YAML::NodeType::Scalar:
        return scalar(node, path, where);
      case YAML::NodeType::Sequence:
        return sequence(node, path, depth);
      case YAML::NodeType::Map:
        return map(node, path, depth);
    }
    return nullptr;
  }

 private:
  static json scalar(const YAML::Node& node, const std::string& path, Position where) {
    const std::string& tag = node.Tag();
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return node.Scalar();  // quoted, or a block
    if (!tag.empty() && tag != "?") throw Refused(where, path, "has the tag " + tag, "remove the tag");
    return plain_scalar(node.Scalar());
  }

  json sequence(const YAML::Node& node, const std::string& path, int depth) {
    json out = json::array();
    for (const auto& item : node) {
      out.push_back(convert(item, item_path(path, out.size()), position_of(item.Mark()), depth + 1));
    }
    return out;
  }

  json map(const YAML::Node& node, const std::string& path, int depth) {
    json out = json::object();
    for (const auto& entry : node) {
      const Position at_key = position_of(entry.first.Mark());
      if (!entry.first.IsScalar())
        throw Refused(at_key, path, "has a name that is no text", "use plain names");
      const std::string& name = entry.first.Scalar();
      const std::string inner = field_path(path, name);
      if (out.contains(name)) throw Refused(at_key, inner, "is written twice", "remove one of the two");
      const Position where = entry.second.IsScalar() ? position_of(entry.second.Mark()) : at_key;
      out[name] = convert(entry.second, inner, where, depth + 1);
    }
    return out;
  }

  Source& source_;
  std::size_t nodes_{0};
};

FieldError file_error(const std::string& file, Position where, std::string message, std::string fix) {
  return {file, where.line, where.column, "", "", std::move(message), std::move(fix)};
}

void convert_document(const YAML::Node& node, const std::string& file, Documents& out) {
  if (!node.IsDefined() || node.IsNull()) return;
  Document document;
  document.source.file = file;
  document.source.start = position_of(node.Mark());
  try {
    document.root = Converter(document.source).convert(node, "", document.source.start);
    out.documents.push_back(std::move(document));
  } catch (const Refused& refused) {
    out.errors.push_back({file, refused.position.line, refused.position.column, refused.field, "",
                          refused.what(), refused.fix});
  }
}

/// yaml-cpp 0.7 reads a stray comma between documents as empty documents without end, and YAML::LoadAll takes
/// all memory then. Two documents that begin at one place are that.
class Progress : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos <= last_) throw YAML::ParserException(mark, "nothing can stand here");
    last_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  int last_{-1};
};

void require_progress(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Progress progress;
  while (parser.HandleNextDocument(progress)) {
  }
}

}  // namespace

Documents parse_yaml(std::string_view text, const std::string& file) {
  Documents out;
  if (text.size() > kMaxText) {
    out.errors.push_back(file_error(file, {}, "is larger than 4 MiB", "split the file"));
    return out;
  }
  if (text.find('\0') != std::string_view::npos) {
    out.errors.push_back(file_error(file, {}, "holds a NUL byte", "write plain UTF-8 text"));
    return out;
  }
  try {
    const std::string whole(text);
    require_progress(whole);
    for (const YAML::Node& node : YAML::LoadAll(whole)) convert_document(node, file, out);
  } catch (const YAML::Exception& e) {
    out.errors.push_back(
        file_error(file, position_of(e.mark), "is not YAML here (" + e.msg + ")", "repair the line"));
  }
  return out;
}

Result<json> parse_json(std::string_view text) {
  // Values are built, printed and freed by recursion, so that depth is stack.
  const auto bounded = [](int depth, json::parse_event_t /*event*/, json& /*parsed*/) {
    if (depth > kMaxDepth) throw Refused({}, "", "is nested too deep", "use fewer levels");
    return true;
  };
  try {
    return json::parse(text, bounded);
  } catch (const json::parse_error& e) {
    return Error{
        ErrorKind::Invalid, "NotJson", "the text is not JSON near byte " + std::to_string(e.byte), {}};
  } catch (const Refused& e) {
    return Error{ErrorKind::Invalid, "NotJson", std::string("the JSON ") + e.what(), {}};
  }
}

}  // namespace vpcp
