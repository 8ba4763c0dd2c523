#include "domain/announced_secrets.h"

#include <algorithm>
#include <array>

#include "domain/letters.h"
#include "domain/secret_values.h"

namespace vpcp {
namespace {

/// Names in small letters, without "-" and "_"; each may be the end of a longer name.
constexpr std::array<std::string_view, 11> kNames{"apikey",    "token",     "password",    "passphrase",
                                                  "passwd",    "pwd",       "secret",      "privatekey",
                                                  "secretkey", "accesskey", "presharedkey"};
/// Of Kubernetes: what they have is the name of a Secret.
constexpr std::array<std::string_view, 2> kNamesOfReferences{"pullsecret", "tlssecret"};

/// The end of the name as the lists above have them.
std::string plain_end_of(std::string_view name) {
  constexpr std::size_t kLongest = 24;
  std::string out;
  for (const char c : name.substr(name.size() - std::min(name.size(), kLongest)))
    if (c != '-' && c != '_') out += in_small(c);
  return out;
}

template <std::size_t N>
bool ends_with_one_of(std::string_view name, const std::array<std::string_view, N>& ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

enum class Kind {
  None,
  Secret,
  Reference,  ///< "secret": may be the name of a Secret, NAMESPACE/NAME.
  Folder,     ///< "pwd": may be where somebody works.
  Header,     ///< "Authorization"
  Cookie,
};

Kind kind_of(std::string_view name) {
  const std::string end = plain_end_of(name);
  if (end.ends_with("authorization")) return Kind::Header;
  if (end.ends_with("cookie")) return Kind::Cookie;
  if (!ends_with_one_of(end, kNames) || ends_with_one_of(end, kNamesOfReferences)) return Kind::None;
  if (end.ends_with("pwd")) return Kind::Folder;
  return end.ends_with("secret") ? Kind::Reference : Kind::Secret;
}

std::size_t take_spaces(std::string_view& rest) {
  const std::size_t spaces = std::min(rest.find_first_not_of(" \t"), rest.size());
  rest.remove_prefix(spaces);
  return spaces;
}

/// In JSON within JSON it has backslashes before it.
struct Quote {
  char mark{0};  ///< 0: there is none.
  std::string_view text;
  [[nodiscard]] bool is_of_json() const { return mark == '"'; }
};

Quote take_quote(std::string_view& rest) {
  const std::size_t backslashes = std::min(rest.find_first_not_of('\\'), rest.size());
  if (backslashes == rest.size()) return {};
  const char mark = rest[backslashes];
  if (mark != '"' && (mark != '\'' || backslashes > 0)) return {};
  const Quote quote{mark, rest.substr(0, backslashes + 1)};
  rest.remove_prefix(backslashes + 1);
  return quote;
}

/// Up to its end, or that of the string of JSON that it stands in. A quote that is of the text itself has
/// more backslashes before it, or as many and those of backslashes, which are twice as many each.
std::size_t length_of_quoted(std::string_view rest, const Quote& quote, bool is_in_string) {
  const std::size_t own = quote.text.size() - 1;
  std::size_t backslashes = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++backslashes;
      continue;
    }
    if (quote.is_of_json() && rest[i] == '"' && (backslashes < own || backslashes % (2 * (own + 1)) == own))
      return i - std::min(backslashes, own);
    if (quote.mark == '\'' && rest[i] == '"' && is_in_string && backslashes % 2 == 0) return i;
    if (quote.mark == '\'' && rest[i] == '\'' && backslashes % 2 == 0) {
      if (!rest.substr(i + 1).starts_with('\'')) return i;
      ++i;  // of YAML: it stands for one
    }
    backslashes = 0;
  }
  return rest.size();
}

std::string_view until_end_of_word(std::string_view rest) {
  return rest.substr(0, rest.find_first_of(" \t\r\n&\"'\\<>)}"));
}

/// What begins with a sign has other signs in it, too: it goes up to white space, or to the end of the string
/// of JSON that it stands in. There, a backslash is one only before another.
std::string_view word_of_value(std::string_view rest, bool is_in_string) {
  constexpr std::string_view kSigns = "&<>)}{[\\";
  const bool is_escape = is_in_string && rest.starts_with('\\') && !rest.starts_with("\\\\");
  if (rest.empty() || kSigns.find(rest.front()) == kSigns.npos || is_escape) return until_end_of_word(rest);
  std::string_view word = rest.substr(0, rest.find_first_of(is_in_string ? " \t\r\n\"" : " \t\r\n"));
  while (is_in_string && word.ends_with('\\')) word.remove_suffix(1);
  return word;
}

/// At the start of a line: up to white space, whatever signs it has. If not all of the line is to be hidden,
/// a name stays that may have a value behind it.
std::string_view until_white_space(std::string_view rest, bool is_of_all) {
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n"));
  return is_of_all || word.find_first_of(":=") == word.npos ? word : word_of_value(rest, false);
}

std::string_view without_mark(std::string_view word) {
  if (word.ends_with(',') || word.ends_with(';')) word.remove_suffix(1);
  return word;
}

std::string_view word_of_sentence(std::string_view rest) {
  return without_mark(until_end_of_word(rest));
}

/// Up to the end of the line, or of the string of JSON that it stands in: whichever comes first, and no
/// further, since a long line has many strings.
std::string_view until_end_of_line(std::string_view rest, bool is_in_string) {
  std::size_t backslashes = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '\r' || c == '\n' || (is_in_string && c == '"' && backslashes % 2 == 0))
      return rest.substr(0, i);
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return rest;
}

bool is_readable(Kind kind, std::string_view value) {
  return is_sign(value) || value.starts_with(kHiddenSecret) || is_path_of_file(value) ||
         (kind == Kind::Reference && is_object_name(value)) || (kind == Kind::Folder && is_folder(value));
}

/// What stands before a name.
enum class FieldPlace { LineStart, Field, Sentence };

FieldPlace place_of(std::string_view before) {
  const auto trim = [&] {
    while (before.ends_with(' ') || before.ends_with('\t')) before.remove_suffix(1);
    return before.empty() || before.ends_with('\n');
  };
  bool is_at_start = trim();
  if (before.ends_with('-')) {  // an entry of a list
    before.remove_suffix(1);
    is_at_start = trim();
    if (!is_at_start) return FieldPlace::Field;
  }
  if (is_at_start) return FieldPlace::LineStart;
  constexpr std::string_view kBeforeFields = "{[(,;|>\"'`]\\";
  const bool is_field = kBeforeFields.find(before.back()) != std::string_view::npos ||
                        is_digit(before.back()) || before.ends_with("]:");
  return is_field ? FieldPlace::Field : FieldPlace::Sentence;
}

bool ends_value(std::string_view behind) {
  return behind.empty() ||
         std::string_view("\r\n\"'\\,;}])").find(behind.front()) != std::string_view::npos ||
         behind.starts_with(" #");
}

/// Nothing more of the line but a comment.
bool ends_line(std::string_view behind) {
  if (behind.starts_with(',') || behind.starts_with(';')) behind.remove_prefix(1);
  if (behind.starts_with(" #")) return true;
  take_spaces(behind);
  return behind.empty() || behind.front() == '\r' || behind.front() == '\n';
}

/// "null }" of JSON.
bool ends_mapping(std::string_view behind) {
  behind.remove_prefix(std::min(behind.find_first_not_of(" \t}]"), behind.size()));
  return ends_line(behind);
}

/// One begins with a capital, and does not go on with a sign.
bool begins_sentence(std::string_view name, std::string_view behind) {
  return is_capital(name.front()) && !behind.starts_with('{') && !behind.starts_with('[');
}

/// The scheme before a value, if it is one. At the start of a line, a value of several words can begin like
/// one: "basic horse battery".
std::size_t length_of_scheme_at(FieldPlace place, Kind kind, std::string_view rest, bool takes_line) {
  const std::size_t scheme = length_of_scheme(rest);
  if (scheme == 0 || kind == Kind::Header || place != FieldPlace::LineStart) return scheme;
  const std::string_view word = until_white_space(rest.substr(scheme), true);
  const bool is_one = !word.empty() && ends_line(rest.substr(scheme + word.size()));
  return is_one || (!takes_line && is_no_plain_word(word)) ? scheme : 0;
}

/// Reads a text once, and writes it without its secrets.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  std::string run() {
    while (at_ < text_.size()) {
      if (is_base64url(text_[at_]))
        word();
      else if (rest().starts_with("//"))
        user_of_url();
      else
        copy(1);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  /// Knows all the while whether it is within a string, of JSON or YAML.
  void copy(std::size_t count) {
    for (const char c : text_.substr(at_, count)) {
      if (c == '"' && !is_escaped_) is_in_string_ = !is_in_string_;
      if (c == '\n') is_in_string_ = false;
      is_escaped_ = c == '\\' && !is_escaped_;
      out_ += c;
    }
    at_ += std::min(count, text_.size() - at_);
  }
  void copy_until(std::string_view later) {
    copy(static_cast<std::size_t>(later.data() - text_.data()) - at_);
  }
  /// `quote` makes a string of JSON of what was none.
  void hide(std::string_view secret, std::string_view quote = {}) {
    copy_until(secret);
    out_.append(quote).append(kHiddenSecret).append(quote);
    at_ += secret.size();
    is_escaped_ = false;
  }

  void word() {
    const std::size_t begin = at_;
    const auto is_end = [](char c) { return !is_base64url(c); };
    const auto length = static_cast<std::size_t>(std::ranges::find_if(rest(), is_end) - rest().begin());
    const std::string_view name = text_.substr(begin, length);
    if (web_token(name)) return;
    copy(length);
    if (const Kind kind = kind_of(name); kind != Kind::None) return value(kind, name);
    if (name.size() == 6 && begins_with(name, "bearer")) return behind_bearer();
    if (name == "sshpass" && rest().starts_with(" -p")) {
      std::string_view password = rest().substr(3);
      take_spaces(password);
      if (const std::string_view secret = until_end_of_word(password); !secret.empty()) hide(secret);
    }
  }

  /// A JSON Web Token: parts in base64url, the first of which is an object.
  bool web_token(std::string_view name) {
    constexpr std::size_t kShortest = 20;
    const auto is_begin = [&](std::size_t at) {
      return at == 0 || name[at - 1] == '-' || name[at - 1] == '_' || (at == 1 && is_escaped_);
    };
    for (std::size_t at = name.find("eyJ"); at != name.npos; at = name.find("eyJ", at + 1)) {
      if (!is_begin(at)) continue;
      const std::string_view token = rest().substr(at);
      const auto is_end = [](char c) { return !is_base64url(c) && c != '.'; };
      const auto length = static_cast<std::size_t>(std::ranges::find_if(token, is_end) - token.begin());
      if (length < kShortest) return false;
      hide(token.substr(0, length));
      return true;
    }
    return false;
  }

  /// user:password@host
  void user_of_url() {
    copy(2);
    const std::string_view user = rest().substr(0, rest().find_first_of("@/?# \t\r\n\"'\\"));
    const std::size_t colon = user.find(':');
    const bool has_host = rest().substr(user.size()).starts_with('@');
    if (!has_host || colon == user.npos || colon + 1 == user.size()) return;
    if (user.substr(colon + 1) != kHiddenSecret) hide(user.substr(colon + 1));
  }

  void behind_bearer() {
    std::string_view behind = rest();
    if (take_spaces(behind) == 0) return;
    const std::string_view secret = word_of_sentence(behind);
    if (is_no_plain_word(secret)) hide(secret);
  }

  /// Behind a name: =VALUE, : VALUE, ": "VALUE" of JSON, and that in a text of JSON.
  void value(Kind kind, std::string_view name) {
    std::string_view behind = rest();
    const Quote closing = take_quote(behind);
    const std::size_t spaces = take_spaces(behind);
    const bool is_colon = behind.starts_with(':');
    if (is_colon || behind.starts_with('='))
      behind.remove_prefix(behind.starts_with("=>") || behind.starts_with(":=") ? 2 : 1);
    else if (begins_with(behind, "%3d") || begins_with(behind, "%3a"))
      behind.remove_prefix(3);
    else
      return argument(name, behind, closing, spaces > 0);
    const bool is_sentence = take_spaces(behind) > 0 && is_colon;
    if (const std::string_view block = block_in_string(behind); !block.empty()) return hide(block);
    if (behind.starts_with(kHiddenSecret)) return;
    if (is_flow(name, behind, closing)) {
      if (behind.starts_with('[')) list(behind.substr(1), closing);
      return;  // a mapping has names of its own
    }
    if (const Quote quote = take_quote(behind); quote.mark != 0) return quoted(kind, behind, quote);
    if (is_number(behind, closing)) return hide(scalar_of(behind), closing.text);
    const std::size_t at = at_;
    if (kind == Kind::Cookie)
      cookies(behind);
    else
      unquoted(kind, name, behind, closing, is_sentence);
    if (at_ == at && behind.starts_with('[')) list(behind.substr(1), closing);
  }

  void unquoted(Kind kind, std::string_view name, std::string_view behind, const Quote& closing,
                bool is_sentence) {
    const FieldPlace place = place_of(before(name, closing));
    const bool is_header = kind == Kind::Header;
    const bool is_key = !begins_sentence(name, behind);
    const bool takes_line = is_sentence && is_key && !is_header;
    const std::size_t scheme = length_of_scheme_at(place, kind, behind, takes_line);
    const std::string_view value = behind.substr(scheme);
    const bool is_of_line = place == FieldPlace::LineStart && closing.mark == 0;
    const bool is_field = takes_line || (is_sentence && scheme == 0 && !is_header);
    const std::string_view secret = without_mark(
        is_of_line ? until_white_space(value, is_field) : word_of_value(value, is_in_string_behind(closing)));
    const std::string_view tail = value.substr(secret.size());
    const bool is_whole = is_of_line ? ends_line(tail) : ends_value(tail) || ends_mapping(tail);
    // "password: ! hunter two" has no sign, "password: /a hunter" no path, and "password: no rest" a value.
    const bool goes_on = is_sentence && place == FieldPlace::LineStart && !is_whole;
    if (!goes_on && (is_no_value(secret) || is_readable(kind, secret) || is_block_sign(secret))) return;
    if (is_header || scheme > 0) {
      if (is_no_plain_word(secret) || (!is_header && place == FieldPlace::LineStart)) hide(secret);
    } else if (is_sentence && plain_end_of(name).ends_with("token") && is_time(behind)) {
      return;
    } else if (is_sentence || closing.mark != 0) {
      field(secret, place, is_whole, is_key || is_sign(secret));
    } else {
      hide(secret);
    }
  }

  /// The quote behind a name is not copied yet.
  [[nodiscard]] bool is_in_string_behind(const Quote& closing) const {
    return is_in_string_ != (closing.text == "\"");
  }

  [[nodiscard]] std::string_view before(std::string_view name, const Quote& quote) const {
    std::string_view text = text_.substr(0, static_cast<std::size_t>(name.data() - text_.data()));
    if (quote.mark != 0 && text.ends_with(quote.text)) text.remove_suffix(quote.text.size());
    return text;
  }

  /// What is not in quotes, of JSON or of a list.
  static std::string_view scalar_of(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t\r\n,]}\"'\\"));
  }
  /// What a list has that has no quotes: of YAML, it can have spaces.
  static std::string_view entry_of(std::string_view text, const Quote& of_name) {
    if (of_name.mark != 0) return scalar_of(text);
    const std::string_view entry = text.substr(0, text.find_first_of("\t\r\n,]}\"'\\[{"));
    return entry.substr(0, entry.find_last_not_of(' ') + 1);
  }
  static bool is_number(std::string_view text, const Quote& of_name) {
    if (!of_name.is_of_json()) return false;  // before a look at what can be a long line
    const std::string_view scalar = scalar_of(text);
    return std::ranges::any_of(scalar, is_digit) &&
           scalar.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  }

  void quoted(Kind kind, std::string_view behind, const Quote& quote) {
    const std::string_view whole = behind.substr(0, length_of_quoted(behind, quote, is_in_string_));
    const std::string_view secret = whole.substr(length_of_scheme(whole));
    if (!is_readable(kind, secret)) hide(secret);
  }

  /// A list or a mapping, of which the value has nothing else: "{SSHA}a1b2" and "[a]b1" only begin like one.
  [[nodiscard]] bool is_flow(std::string_view name, std::string_view behind, const Quote& closing) const {
    constexpr std::size_t kLongest = 4096;  // so that no text is looked at again and again
    if (!behind.starts_with('{') && !behind.starts_with('[')) return false;
    const bool is_at_start = place_of(before(name, closing)) == FieldPlace::LineStart;
    if (closing.mark != 0 && !is_at_start) return true;  // of JSON
    const std::string_view line =
        until_end_of_line(behind.substr(0, kLongest), is_in_string_ && !is_at_start);
    const std::size_t length = length_of_flow(line);
    const std::string_view tail = line.substr(length);
    // It goes on below, or is cut off.
    if (length == 0) return ends_line(line.substr(1)) || (!is_at_start && line.starts_with('['));
    if (line.starts_with('{') && length > 2 && line.substr(0, length).find(':') == line.npos) return false;
    if (is_at_start && closing.mark == 0) return ends_line(tail);
    return ends_value(tail) || (is_at_start ? ends_mapping(tail) : tail.starts_with(' '));
  }

  /// Behind "[": strings, numbers and words; what else there is has names of its own.
  void list(std::string_view behind, const Quote& of_name) {
    for (;;) {
      take_spaces(behind);
      std::size_t length = 0;
      if (const Quote quote = take_quote(behind); quote.mark != 0) {
        length = length_of_quoted(behind, quote, is_in_string_);
        if (length > 0) hide(behind.substr(0, length));
        length = std::min(length + quote.text.size(), behind.size());
      } else if (const std::string_view scalar = entry_of(behind, of_name);
                 !scalar.empty() && scalar.find_first_of("[{") == std::string_view::npos) {
        if (!is_no_value(scalar)) hide(scalar, of_name.is_of_json() ? of_name.text : std::string_view{});
        length = scalar.size();
      }
      behind.remove_prefix(length);
      take_spaces(behind);
      if (length == 0 || !behind.starts_with(',')) return;
      behind.remove_prefix(1);
    }
  }

  /// Behind an option: --password VALUE, also as "--password", "VALUE".
  void argument(std::string_view name, std::string_view behind, const Quote& closing, bool is_apart) {
    if (!name.starts_with('-')) return;
    if (closing.mark != 0) {
      if (!behind.starts_with(',')) return;
      behind.remove_prefix(1);
      take_spaces(behind);
    } else if (!is_apart) {
      return;
    }
    if (const Quote quote = take_quote(behind); quote.mark != 0) return quoted(Kind::Secret, behind, quote);
    const std::string_view word = word_of_sentence(behind);
    const bool is_told = name.starts_with("--") ? !is_of_a_sentence(word) : is_no_plain_word(word);
    if (is_told && !word.starts_with('-') && !is_readable(Kind::Secret, word)) hide(word);
  }

  /// "|\n  VALUE" of YAML in a string of JSON, up to the end of the string.
  [[nodiscard]] std::string_view block_in_string(std::string_view behind) const {
    if (!is_in_string_ || (!behind.starts_with('|') && !behind.starts_with('>'))) return {};
    const std::size_t sign = std::min(behind.find_first_not_of("0123456789+-", 1), behind.size());
    const std::string_view below = behind.substr(sign);
    if (!below.starts_with("\\n")) return {};
    return until_end_of_line(below.substr(2), true);
  }

  void cookies(std::string_view behind) {
    const std::string_view word = until_end_of_word(behind);
    if (is_no_plain_word(word) || word.find('=') != word.npos) hide(until_end_of_line(behind, is_in_string_));
  }

  /// "name: VALUE": of YAML, of a header, or a sentence.
  void field(std::string_view secret, FieldPlace place, bool is_whole, bool is_key) {
    const std::string_view behind = text_.substr(static_cast<std::size_t>(secret.data() - text_.data()));
    const bool is_alone = is_whole || ends_value(behind.substr(secret.size()));
    const bool is_value = is_no_plain_word(secret) || (place != FieldPlace::Sentence && is_alone);
    if (place == FieldPlace::LineStart && !is_whole && (is_key || is_value))
      hide(until_end_of_line(behind, false));  // at the start of a line, the only string is a name
    else if (is_value)
      hide(secret);
  }

  const std::string_view text_;
  std::size_t at_{0};
  bool is_in_string_{false};
  bool is_escaped_{false};
  std::string out_;
};

}  // namespace

bool names_secret(std::string_view name) {
  const Kind kind = kind_of(name);
  return kind != Kind::None && kind != Kind::Header;
}

std::string without_announced(std::string_view text) {
  return Reader(text).run();
}

}  // namespace vpcp
