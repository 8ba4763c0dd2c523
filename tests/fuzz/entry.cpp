#include <cstdint>

#include "fuzz/fuzz.h"
#include "vpcp/base/secret.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  vpcp::init_crypto();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vpcp::fuzz::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
