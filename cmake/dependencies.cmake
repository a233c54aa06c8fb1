# Every library that is not ours, from Debian 12's packages (deploy/setup installs them).

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(EXPAT REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json url)
find_package(CLI11 REQUIRED)
find_package(rabbitmq-c REQUIRED)

if(NOT SIGNALBOX_FUZZ)
  find_package(GTest REQUIRED)
endif()
if(SIGNALBOX_BENCH)
  find_package(benchmark REQUIRED)
endif()
if(SIGNALBOX_TCMALLOC)
  find_library(SIGNALBOX_TCMALLOC_LIBRARY tcmalloc_minimal REQUIRED)
endif()

# Asio's and Beast's own code, compiled once instead of in each file that includes their headers.
add_library(signalbox_asio STATIC "${CMAKE_CURRENT_LIST_DIR}/asio_impl.cpp")
target_compile_definitions(signalbox_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(signalbox_asio PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)
