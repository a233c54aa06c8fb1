// Messages of the bus from hostile bytes. Held: what is understood is whole, and written out again means the same.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "configdb/change_message.hpp"

namespace {

using namespace signalbox;
namespace json = boost::json;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = configdb::parse_change_message({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    require(!parsed.error().text.empty());
    return 0;
  }
  require(!parsed->type.empty());
  require(!parsed->name.empty() || parsed->oper == configdb::ChangeOper::kDelete);
  const std::string again = json::serialize(json::object{{"oper", json::string_view(configdb::to_string(parsed->oper))},
                                                         {"type", parsed->type},
                                                         {"uuid", parsed->uuid.to_string()},
                                                         {"fq_name", json::array{parsed->name}}});
  const auto twice = configdb::parse_change_message(again);
  require(twice.ok() && twice->oper == parsed->oper && twice->uuid == parsed->uuid && twice->type == parsed->type &&
          twice->name == parsed->name);
  return 0;
}
