#include "control/node/daemon.hpp"

int main(int argc, char** argv) { return signalbox::control::run_daemon(argc, argv); }
