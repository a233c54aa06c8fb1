// CpuLoadInfoReq: load and memory of the machine and of this process, from /proc (spec/introspect.md 2.1).
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "control/http/page_registry.hpp"

namespace signalbox::control {
namespace {

// "Name:   123 kB" lines of a /proc file, in KB.
std::map<std::string, std::uint32_t> read_sizes(const char* file) {
  std::map<std::string, std::uint32_t> sizes;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon != std::string::npos) {
      const auto value = std::strtoull(line.c_str() + colon + 1, nullptr, 10);
      sizes[line.substr(0, colon)] = static_cast<std::uint32_t>(std::min<unsigned long long>(value, 0xffffffff));
    }
  }
  return sizes;
}

double process_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Share of the machine's CPU time that the process used since the last call, in percent.
double cpu_share(unsigned cpus) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point last_time = Clock::now();
  static double last_cpu = 0;
  const auto time = Clock::now();
  const double cpu = process_cpu_seconds();
  const double elapsed = std::chrono::duration<double>(time - last_time).count();
  const double share = elapsed > 0 ? (cpu - last_cpu) / elapsed / cpus * 100 : 0;
  last_time = time;
  last_cpu = cpu;
  return share;
}

void write_memory(SandeshXml& xml) {
  auto machine = read_sizes("/proc/meminfo");
  xml.structure("sys_mem_info", 5, "SysMemInfo", [&] {
    xml.u32("total", 1, machine["MemTotal"]);
    xml.u32("used", 2, machine["MemTotal"] - std::min(machine["MemTotal"], machine["MemFree"]));
    xml.u32("free", 3, machine["MemFree"]);
    xml.u32("buffers", 4, machine["Buffers"]);
    xml.u32("cached", 5, machine["Cached"]);
    xml.string("node_type", 6, "");
  });
  auto process = read_sizes("/proc/self/status");
  xml.structure("meminfo", 2, "MemInfo", [&] {
    xml.u32("virt", 1, process["VmSize"]);
    xml.u32("peakvirt", 2, process["VmPeak"]);
    xml.u32("res", 3, process["VmRSS"]);
  });
}

void handle_cpu_load(const PageContext&, const PageParameters&, const HttpReply& reply) {
  const unsigned cpus = std::max(1u, std::thread::hardware_concurrency());
  double load[3] = {};
  if (getloadavg(load, 3) < 0) std::fill(load, load + 3, 0.0);
  SandeshXml xml;
  xml.reply("CpuLoadInfoResp", [&] {
    xml.structure("cpu_info", 1, "CpuLoadInfo", [&] {
      xml.u32("num_cpu", 1, cpus);
      write_memory(xml);
      xml.structure("cpuload", 3, "CpuLoadAvg", [&] {
        xml.real("one_min_avg", 1, load[0] / cpus);
        xml.real("five_min_avg", 2, load[1] / cpus);
        xml.real("fifteen_min_avg", 3, load[2] / cpus);
      });
      xml.real("cpu_share", 4, cpu_share(cpus));
    });
  });
  reply(xml_response(xml.take()));
}

}  // namespace

void add_process_pages(std::vector<Page>& pages) { pages.push_back({"CpuLoadInfoReq", "cpuinfo", {}, handle_cpu_load}); }

}  // namespace signalbox::control
