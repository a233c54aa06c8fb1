// roofline [--json FILE] [--quick]: what this machine gives at best for sending, reading and storing routes.
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/roofline/measures.hpp"

namespace signalbox::bench {
namespace {

struct Figure {
  const char* name;
  const char* text;
  const char* unit;
  double value;
};

std::vector<Figure> measure_all(bool quick) {
  const std::size_t bytes = quick ? 200'000'000 : 2'000'000'000;
  const int repeats = quick ? 1 : 3;
  std::vector<Figure> figures;
  const auto add = [&](const char* name, const char* text, const char* unit, double value) {
    figures.push_back({name, text, unit, value});
    std::printf("%-64s %10.4g %s\n", text, value, unit);
    std::fflush(stdout);
  };
  add("send_64k_s_per_gb", "send one shared buffer to 100 readers, 64 KiB pieces", "CPU s per GB",
      send_seconds_per_gb(100, 64 * 1024, bytes, repeats));
  add("send_256k_s_per_gb", "the same, 256 KiB pieces", "CPU s per GB", send_seconds_per_gb(100, 256 * 1024, bytes, repeats));
  add("send_700b_us", "send of 700 bytes, 100 readers in turn", "CPU us", send_us(100, 700, quick ? 20'000 : 200'000, repeats));
  add("send_700b_1000_us", "send of 700 bytes, 1,000 readers in turn", "CPU us", send_us(1000, 700, quick ? 20'000 : 200'000, repeats));
  add("relay_us", "a route's bytes from one idle connection through a process to another, p50", "us", relay_us(quick ? 50 : 300));
  const ParseCost parse = parse_cost(quick ? 2'000 : 20'000, repeats);
  add("published_route_bytes", "bytes of a published route (publish + collection)", "bytes", static_cast<double>(parse.bytes));
  add("extract_route_us", "read a published route, hand-written extractor", "CPU us", parse.extractor_us);
  add("expat_route_us", "read a published route, expat", "CPU us", parse.expat_us);
  const MapCost map = map_cost(1'000'000, repeats);
  add("flat_map_insert_ns", "insert into boost::unordered_flat_map, growing to 1M prefixes", "CPU ns", map.insert_ns);
  add("flat_map_find_ns", "find in it", "CPU ns", map.find_ns);
  return figures;
}

void write_json(const char* path, const std::vector<Figure>& figures) {
  struct utsname system {};
  uname(&system);
  std::ofstream file(path);
  file << "{\n  \"command\": \"roofline --json " << path << "\",\n  \"kernel\": \"" << system.release
       << "\",\n  \"cores\": " << sysconf(_SC_NPROCESSORS_ONLN);
  for (const Figure& f : figures) file << ",\n  \"" << f.name << "\": " << f.value;
  file << "\n}\n";
  if (!file.flush()) throw std::runtime_error(std::string("can not write ") + path);
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  const char* json = nullptr;
  bool quick = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      quick = true;
    } else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      json = argv[++i];
    } else {
      std::fprintf(stderr, "usage: roofline [--json FILE] [--quick]\n");
      return 2;
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto figures = signalbox::bench::measure_all(quick);
    if (json != nullptr) signalbox::bench::write_json(json, figures);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "roofline: %s\n", e.what());
    return 1;
  }
  return 0;
}
