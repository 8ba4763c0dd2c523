#include "adapters/prometheus/prometheus_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/prometheus/exposition.h"
#include "adapters/prometheus/process_metrics.h"
#include "vpcp/base/guarded.h"

namespace vpcp {
namespace {

prometheus::Labels named(const MetricDef& metric, const LabelValues& values) {
  prometheus::Labels labels;
  for (std::size_t i = 0; i < values.size(); ++i) labels[metric.labels[i]] = values[i];
  return labels;
}

bool belongs_to_objects(const MetricDef& metric) {
  return metric.labels.size() >= 2 && std::string(metric.labels[0]) == "namespace" &&
         std::string(metric.labels[1]) == "name";
}

/// As they stand between the braces. Shared, so that a scrape can keep them past the lock.
using SharedLabels = std::shared_ptr<const std::string>;

/// Many short texts, one after the other in memory.
class Lines {
 public:
  Lines() = default;
  explicit Lines(const std::vector<SharedLabels>& lines) {
    ends_.reserve(lines.size());
    for (const SharedLabels& line : lines) {
      text_ += *line;
      ends_.push_back(text_.size());
    }
  }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// The families of one type and their series. Not thread-safe: Family::Remove frees a series that another
/// thread may be writing to, so everything happens under one lock.
template <class Series>
class Families {
 public:
  /// `build` registers the family, `make` adds a series to it; each is called once.
  template <class Build, class Make>
  Series& series(const MetricDef& metric, const LabelValues& labels, Build&& build, Make&& make) {
    auto it = families_.find(metric.name);
    if (it == families_.end()) {
      it = families_.emplace(metric.name, Entry{metric, &build(), belongs_to_objects(metric), {}, {}, {}})
               .first;
    }
    Shown& found = it->second.series[labels];
    if (found.series == nullptr) {
      it->second.listed.clear();
      found.series = &make(*it->second.family);
      found.labels = std::make_shared<const std::string>(label_text(metric, labels));
    }
    return *found.series;
  }

  /// Appends every series by `append`(out, name, labels, `read`(series)). `mutex` is held only while the
  /// values of one family are read: making the text of them takes many times as long, and nobody who writes
  /// waits for it. Called by one thread at a time.
  template <class Read, class Append>
  void expose(std::string& out, std::mutex& mutex, Read&& read, Append&& append) {
    std::vector<Entry*> entries;
    {
      const std::lock_guard lock(mutex);
      for (auto& [name, entry] : families_) entries.push_back(&entry);  // families stay for ever
    }
    std::vector<decltype(read(std::declval<Series&>()))> values;
    for (Entry* entry : entries) {
      values.clear();
      std::vector<SharedLabels> changed;
      {
        const std::lock_guard lock(mutex);
        if (entry->listed.empty()) changed = list(*entry);
        values.reserve(entry->listed.size());
        for (Series* series : entry->listed) values.push_back(read(*series));
      }
      if (!changed.empty()) entry->labels = Lines(changed);
      if (!values.empty()) append_head(out, entry->metric);
      for (std::size_t i = 0; i < values.size(); ++i)
        append(out, entry->metric.name, entry->labels[i], values[i]);
    }
  }

  void forget(const MetricDef& metric, const LabelValues& labels) {
    const auto it = families_.find(metric.name);
    if (it == families_.end()) return;
    Entry& entry = it->second;
    if (const auto found = entry.series.find(labels); found != entry.series.end()) remove(entry, found);
  }

  void forget_object(const std::string& ns, const std::string& name) {
    for (auto& [family_name, entry] : families_) {
      if (!entry.of_objects) continue;
      auto it = entry.series.lower_bound({ns, name});
      while (it != entry.series.end() && it->first[0] == ns && it->first[1] == name) it = remove(entry, it);
    }
  }

 private:
  struct Shown {
    Series* series{nullptr};
    SharedLabels labels;
  };
  using SeriesMap = std::map<LabelValues, Shown>;
  struct Entry {
    MetricDef metric;
    prometheus::Family<Series>* family;
    bool of_objects;
    SeriesMap series;
    /// Those of `series` in its order, one after the other: a scrape that goes through the map instead waits
    /// for memory most of its time. Empty when a series came or went since the last scrape.
    std::vector<Series*> listed;
    Lines labels;  ///< Of `listed`; only the scrape looks at it.
  };
  static std::vector<SharedLabels> list(Entry& entry) {
    std::vector<SharedLabels> labels;
    entry.listed.reserve(entry.series.size());
    labels.reserve(entry.series.size());
    for (const auto& [values, shown] : entry.series) {
      entry.listed.push_back(shown.series);
      labels.push_back(shown.labels);
    }
    return labels;
  }
  static typename SeriesMap::iterator remove(Entry& entry, typename SeriesMap::iterator it) {
    entry.listed.clear();
    entry.family->Remove(it->second.series);
    return entry.series.erase(it);
  }
  std::map<std::string, Entry> families_;
};

}  // namespace

class PrometheusMetrics::Impl {
 public:
  template <class Builder, class Series, class Update, class... Bounds>
  void update(Families<Series> Impl::*families, const MetricDef& metric, const LabelValues& labels,
              Update&& change, const Bounds&... bounds) {
    if (labels.size() != metric.labels.size()) return;
    const std::lock_guard lock(mutex_);
    try {
      change((this->*families)
                 .series(
                     metric, labels,
                     [&]() -> auto& {
                       return Builder().Name(metric.name).Help(metric.help).Register(registry_);
                     },
                     [&](auto& family) -> auto& { return family.Add(named(metric, labels), bounds...); }));
    } catch (const std::exception&) {
      return;  // a name that the library refuses: metrics never fail their callers
    }
  }

  mutable std::mutex mutex_;
  std::mutex one_scrape_;
  std::size_t last_size_{0};  ///< Of a text: the next one will be about as long.
  prometheus::Registry registry_;
  Families<prometheus::Counter> counters_;
  Families<prometheus::Gauge> gauges_;
  Families<prometheus::Histogram> histograms_;
};

PrometheusMetrics::PrometheusMetrics() : impl_(std::make_unique<Impl>()) {}

PrometheusMetrics::~PrometheusMetrics() = default;

void PrometheusMetrics::add(const MetricDef& metric, const LabelValues& labels, double amount) {
  impl_->update<prometheus::detail::Builder<prometheus::Counter>>(
      &Impl::counters_, metric, labels, [&](prometheus::Counter& counter) { counter.Increment(amount); });
}

void PrometheusMetrics::set(const MetricDef& metric, const LabelValues& labels, double value) {
  impl_->update<prometheus::detail::Builder<prometheus::Gauge>>(
      &Impl::gauges_, metric, labels, [&](prometheus::Gauge& gauge) { gauge.Set(value); });
}

void PrometheusMetrics::observe(const MetricDef& metric, const LabelValues& labels, double value) {
  impl_->update<prometheus::detail::Builder<prometheus::Histogram>>(
      &Impl::histograms_, metric, labels, [&](prometheus::Histogram& histogram) { histogram.Observe(value); },
      prometheus::Histogram::BucketBoundaries(metric.buckets));
}

void PrometheusMetrics::forget_object(const std::string& ns, const std::string& name) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->counters_.forget_object(ns, name);
  impl_->gauges_.forget_object(ns, name);
  impl_->histograms_.forget_object(ns, name);
}

void PrometheusMetrics::forget(const MetricDef& metric, const LabelValues& labels) {
  const std::lock_guard lock(impl_->mutex_);
  switch (metric.type) {
    case MetricType::Counter:
      return impl_->counters_.forget(metric, labels);
    case MetricType::Gauge:
      return impl_->gauges_.forget(metric, labels);
    case MetricType::Histogram:
      return impl_->histograms_.forget(metric, labels);
  }
}

std::string PrometheusMetrics::text() const {
  const std::lock_guard one(impl_->one_scrape_);
  std::string out;
  out.reserve(impl_->last_size_);
  const auto value = [](auto& series) { return series.Value(); };
  impl_->counters_.expose(out, impl_->mutex_, value, append_sample);
  impl_->gauges_.expose(out, impl_->mutex_, value, append_sample);
  impl_->histograms_.expose(
      out, impl_->mutex_, [](auto& histogram) { return histogram.Collect(); }, append_histogram);
  std::ostringstream rest;
  prometheus::TextSerializer{}.Serialize(rest, collect_process_metrics());
  out += rest.str();
  impl_->last_size_ = out.size();
  return out;
}

}  // namespace vpcp
