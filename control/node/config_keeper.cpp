#include "control/node/config_keeper.hpp"

#include "control/node/database_keeper.hpp"
#include "control/node/file_keeper.hpp"

namespace signalbox::control {

std::unique_ptr<ConfigKeeper> make_config_keeper(boost::asio::io_context& io, const Options& options, ConfigKeeper::Listener listener) {
  if (!options.configdb.config_file.empty()) {
    return std::make_unique<FileKeeper>(io, options.configdb.config_file, options.hostname, std::move(listener));
  }
  return std::make_unique<DatabaseKeeper>(io, options, std::move(listener));
}

}  // namespace signalbox::control
