#pragma once
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "lab/answer.h"
#include "lab/model.h"
#include "vpcp/base/secret.h"

namespace vpcp::lab {

/// Cursor paging: a page is what was created after `after`, so a list that changes meanwhile neither repeats
/// nor skips what stays.
struct PageRequest {
  std::size_t per_page{100};
  Seq after{0};
};

template <class T>
struct Page {
  std::vector<T> items;
  std::size_t total{0};
  std::string next;  ///< Empty: the last page.
  std::string prev;  ///< Empty: the first page.
};

inline std::string cursor_after(Seq seq) {
  return base64_encode("next__" + std::to_string(seq));
}

inline std::optional<Seq> parse_cursor(const std::string& cursor) {
  const auto text = base64_decode(cursor);
  if (!text || !text->starts_with("next__")) return std::nullopt;
  Seq seq = 0;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data() + 6, end, seq);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return seq;
}

/// `all` in order of seq; `show` makes the copy that leaves.
template <class T, class Show>
auto paginate(const std::vector<T*>& all, const PageRequest& request, Show&& show) {
  Page<std::decay_t<decltype(show(*all.front()))>> page;
  page.total = all.size();
  const auto first =
      std::ranges::upper_bound(all, request.after, {}, [](const auto* record) { return record->seq; });
  const auto start = static_cast<std::size_t>(first - all.begin());
  const std::size_t end = std::min(all.size(), start + request.per_page);
  for (std::size_t i = start; i < end; ++i) page.items.push_back(show(*all[i]));
  if (end < all.size()) page.next = cursor_after(all[end - 1]->seq);
  if (start > request.per_page) page.prev = cursor_after(all[start - request.per_page - 1]->seq);
  if (start > 0 && start <= request.per_page) page.prev = cursor_after(0);
  return page;
}

}  // namespace vpcp::lab
