// What options need to know of the machine and of the environment. The only place of the project that reads environment variables.
//
// Threads: this_host() before threads start (getenv); its functions on the thread that loads options.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace signalbox::control {

struct HostFacts {
  std::string hostname;
  unsigned cores = 1;
  // First address that the host name resolves to, "" when it does not. May ask a name server and block: called at most once, and only when
  // no hostip is given.
  std::function<std::string()> first_address;
  // Value of an environment variable, nullopt when it is not set.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

HostFacts this_host();

}  // namespace signalbox::control
