#include "adapters/prometheus/process_metrics.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace vpcp {
namespace {

// Positions in /proc/self/stat counted from the state, the first field after the program's name (proc(5)).
constexpr std::size_t kUserTime = 11;
constexpr std::size_t kSystemTime = 12;
constexpr std::size_t kStartTime = 19;

std::optional<std::vector<std::string>> own_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const std::size_t end_of_name = text.rfind(')');  // the name may hold anything
  if (end_of_name == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(end_of_name + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  if (fields.size() <= kStartTime) return std::nullopt;
  return fields;
}

double ticks(const std::string& text) {
  return std::strtod(text.c_str(), nullptr) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<double> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> cpu_seconds() {
  const auto stat = own_stat();
  if (!stat) return std::nullopt;
  return ticks((*stat)[kUserTime]) + ticks((*stat)[kSystemTime]);
}

std::optional<double> open_fds() {
  std::error_code error;
  std::filesystem::directory_iterator it("/proc/self/fd", error);
  if (error) return std::nullopt;
  double count = -1;  // the directory itself is open while it is read
  for (; it != std::filesystem::directory_iterator(); it.increment(error)) {
    if (error) return std::nullopt;
    ++count;
  }
  return count;
}

std::optional<double> start_time() {
  const auto stat = own_stat();
  std::ifstream file("/proc/stat");
  for (std::string line; stat && std::getline(file, line);) {
    if (line.starts_with("btime "))
      return std::strtod(line.c_str() + 6, nullptr) + ticks((*stat)[kStartTime]);
  }
  return std::nullopt;
}

void append(std::vector<prometheus::MetricFamily>& families, const char* name, const char* help,
            prometheus::MetricType type, std::optional<double> value) {
  if (!value) return;
  prometheus::ClientMetric metric;
  metric.counter.value = *value;
  metric.gauge.value = *value;
  families.push_back({name, help, type, {metric}});
}

}  // namespace

std::vector<prometheus::MetricFamily> collect_process_metrics() {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  append(families, "process_resident_memory_bytes", "Resident memory size.", MetricType::Gauge,
         resident_bytes());
  append(families, "process_cpu_seconds_total", "User and system CPU time spent.", MetricType::Counter,
         cpu_seconds());
  append(families, "process_open_fds", "Open file descriptors.", MetricType::Gauge, open_fds());
  append(families, "process_start_time_seconds", "Start of the process, in Unix time.", MetricType::Gauge,
         start_time());
  return families;
}

}  // namespace vpcp
