#include "core/chunk.hpp"

#include <new>

namespace signalbox::core {

ChunkPtr ChunkPtr::copy_of(std::string_view bytes) {
  void* memory = ::operator new(sizeof(Chunk) + bytes.size());
  ChunkPtr p;
  p.chunk_ = new (memory) Chunk(static_cast<std::uint32_t>(bytes.size()));
  std::memcpy(p.chunk_->data(), bytes.data(), bytes.size());
  return p;
}

void ChunkPtr::destroy() {
  chunk_->~Chunk();
  ::operator delete(chunk_);
}

}  // namespace signalbox::core
