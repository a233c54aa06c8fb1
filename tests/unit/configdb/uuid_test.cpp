#include "configdb/uuid.hpp"

#include <gtest/gtest.h>

namespace signalbox::configdb {
namespace {

TEST(Uuid, ReadsAndPrints) {
  const auto uuid = Uuid::parse("0435a698-ca6b-416c-8f04-74c134aa4e71");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->high, 0x0435a698ca6b416cull);
  EXPECT_EQ(uuid->low, 0x8f0474c134aa4e71ull);
  EXPECT_EQ(uuid->to_string(), "0435a698-ca6b-416c-8f04-74c134aa4e71");
  EXPECT_EQ(Uuid::parse("0435A698-CA6B-416C-8F04-74C134AA4E71"), uuid);
}

TEST(Uuid, RefusesWhatIsNone) {
  for (const char* text :
       {"", "0435a698-ca6b-416c-8f04-74c134aa4e7", "0435a698-ca6b-416c-8f04-74c134aa4e711", "0435a698xca6b-416c-8f04-74c134aa4e71",
        "0435a698-ca6b-416c-8f04-74c134aa4e7g", "0435a698ca6b-416c--8f04-74c134aa4e71", "0435a698-ca6b-416c-8f04-74c134aa4e7\x80"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, OrdersAsItsText) {
  EXPECT_LT(*Uuid::parse("00000000-0000-4000-8000-000000000001"), *Uuid::parse("00000000-0000-4000-8000-000000000010"));
}

}  // namespace
}  // namespace signalbox::configdb
