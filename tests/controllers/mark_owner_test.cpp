#include "controllers/mark_owner.h"

#include <gtest/gtest.h>

#include "domain/record.h"
#include "support/fake_world.h"

namespace vpcp::testing {
namespace {

VpcPeering object() {
  VpcPeering peering;
  peering.meta = {"network", "ams-blr", "uid-of-its-own", 1, "", {}, {}};
  return peering;
}

ObjectKey record_key() {
  return {"network", record_secret_name(object().meta.key())};
}

TEST(RecordedMark, IsThatOfTheObjectWhoseRecordItGoesOnFrom) {
  FakeWorld world;
  PeeringRecord record;
  record.mark = "uid-of-another";
  world.store.set_secret(record_key(), to_secret_data(record));
  EXPECT_EQ(recorded_mark({}, world.store, object()).value(), "uid-of-another");
}

TEST(RecordedMark, IsTheUidInARecordOfItsOwn) {
  FakeWorld world;
  world.store.set_secret(record_key(), to_secret_data(PeeringRecord{}));
  EXPECT_EQ(recorded_mark({}, world.store, object()).value(), "uid-of-its-own");
}

TEST(RecordedMark, IsNotGuessedWithoutARecordNorFromADamagedOne) {
  FakeWorld world;
  EXPECT_EQ(recorded_mark({}, world.store, object()).value(), std::nullopt);
  world.store.set_secret(record_key(), {{"record", Secret::copy_of("{")}});
  EXPECT_FALSE(recorded_mark({}, world.store, object()).ok());
}

}  // namespace
}  // namespace vpcp::testing
