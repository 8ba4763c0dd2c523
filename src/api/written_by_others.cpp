#include <nlohmann/json.hpp>

#include "vpcp/api/read_json.h"

namespace vpcp {

using nlohmann::json;

namespace {

constexpr std::size_t kDeepestOfOthers = 200;  // a list of objects is 15 deep

/// Builds the value that is parsed, and gives up where it nests too deep: no second look at the text.
class Builder {
 public:
  [[nodiscard]] json take() { return std::move(root_); }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(json::number_integer_t value) { return add(value); }
  bool number_unsigned(json::number_unsigned_t value) { return add(value); }
  bool number_float(json::number_float_t value, const std::string& /*text*/) { return add(value); }
  bool string(std::string& value) { return add(value); }
  bool binary(json::binary_t& /*value*/) { return false; }  // JSON has none
  bool start_object(std::size_t /*size*/) { return open(json::value_t::object); }
  bool start_array(std::size_t /*size*/) { return open(json::value_t::array); }
  bool key(std::string& name) {
    member_ = &(*open_.back())[name];
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  static bool parse_error(std::size_t /*at*/, const std::string& /*token*/, const std::exception& /*why*/) {
    return false;
  }

 private:
  template <class Value>
  bool add(Value&& value) {
    put(std::forward<Value>(value));
    return true;
  }
  template <class Value>
  json* put(Value&& value) {
    if (open_.empty()) return &(root_ = json(std::forward<Value>(value)));
    if (!open_.back()->is_array()) return &(*member_ = json(std::forward<Value>(value)));
    return &open_.back()->emplace_back(std::forward<Value>(value));
  }
  bool open(json::value_t kind) {
    if (open_.size() == kDeepestOfOthers) return false;
    open_.push_back(put(kind));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  json root_;
  std::vector<json*> open_;  ///< The objects and arrays that are being filled, the innermost last.
  json* member_{nullptr};    ///< Of the innermost object: what comes next is its value.
};

}  // namespace

json parse_bounded_json(std::string_view text) {
  Builder builder;
  // Not in braces: they would make an array of it.
  if (!json::sax_parse(text, &builder)) return json(json::value_t::discarded);
  return builder.take();
}

}  // namespace vpcp
