#include "vpcp/api/write.h"

#include <gtest/gtest.h>

#include "api/specimens.h"

#include "vpcp/api/read.h"

namespace vpcp {
namespace {

using testing::specimens::full_spec;
using testing::specimens::full_status;
using testing::specimens::kTime;

TEST(WriteStatus, JsonReadsBackAsTheSame) {
  const auto back = read_status_json(status_to_json(full_status()));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, full_status());
}

TEST(WriteStatus, YamlReadsBackAsTheSame) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "", {}, kTime};
  object.status = full_status();
  const auto back = read_status_yaml(status_to_yaml(object));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->key, object.meta.key());
  EXPECT_EQ(back->status, full_status());
}

TEST(ReadStatus, ATextThatWasCutAnywhereIsNone) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "", {}, kTime};
  object.status = full_status();
  const std::string text = status_to_yaml(object);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(read_status_yaml(std::string_view(text).substr(0, size)).ok())
        << size << " of " << text.size();
}

TEST(ReadStatus, WhatIsNoStatusIsNone) {
  for (const char* text :
       {"...\n", "foo: bar\n...\n", "metadata: {name: a, namespace: n}\n...\n", "status: {}\n...\n",
        "metadata: {name: a, namespace: n}\nstatus: []\n...\n", "- a\n...\n"})
    EXPECT_FALSE(read_status_yaml(text).ok()) << text;
}

TEST(WriteStatus, YamlIsForPeople) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "", {}, {}};
  object.status.observed_generation = 3;
  object.status.conditions = {
      {"Ready", ConditionStatus::True, "AllVerified", "every edge carries traffic", 3, kTime}};
  object.status.sites = {{"amsterdam", {"vpc-1"}, {}, {3, 2}}};
  object.status.edges = {{.from = "a", .to = "b", .health = EdgeHealth::Degraded},
                         {.from = "a", .to = "c", .health = EdgeHealth::Down}};
  object.status.drift = {{"MtuChanged", "a/gateway-0", "another", kTime, kTime + seconds{1}, "an MTU", "why",
                          milliseconds{640}}};
  EXPECT_EQ(status_to_yaml(object), R"(apiVersion: vpcpeering.dev/v1alpha1
kind: VPCPeering
metadata:
  name: ams-blr
  namespace: network
  generation: 3
  uid: u-1
status:
  observedGeneration: 3
  conditions:
    - type: Ready
      status: "True"
      reason: AllVerified
      message: every edge carries traffic
      observedGeneration: 3
      lastTransitionTime: 2026-11-22T21:50:00Z
  totals:
    sites: 1
    edges: 1/2
    servers: 2/3
    lastDrift: 2026-11-22T21:50:00Z
  sites:
    - name: amsterdam
      vpcID: vpc-1
      servers: {total: 3, routed: 2}
  edges:
    - from: a
      to: b
      health: Degraded
      rxBytes: 0
      txBytes: 0
    - from: a
      to: c
      health: Down
      rxBytes: 0
      txBytes: 0
  drift:
    - what: MtuChanged
      where: a/gateway-0
      expected: an MTU
      detail: another
      note: why
      detectedAt: 2026-11-22T21:50:00Z
      repairedAt: 2026-11-22T21:50:01Z
      repairMillis: 640
...
)");
}

TEST(WriteStatus, BytesThatAreNoTextDoNoHarm) {
  VpcPeering object;
  object.status.unhealthy_servers = {{"a", "b", "R", "\xff\xfe broken \x01"}};
  EXPECT_TRUE(read_status_json(status_to_json(object.status)).ok());
  EXPECT_TRUE(read_status_yaml(status_to_yaml(object)).ok());
}

TEST(WriteSpec, JsonReadsBackAsTheSame) {
  const auto back = read_spec_json(spec_to_json(full_spec()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, full_spec());
}

TEST(WritePeering, ReadsBackAsTheSame) {
  VpcPeering object;
  object.meta = {"network", "ams-blr", "u-1", 3, "17", {kFinalizer}, kTime};
  object.spec = full_spec();
  const ReadPeering back = read_peering_json(peering_to_json(object));
  EXPECT_TRUE(back.errors.empty()) << to_string(back.errors);
  EXPECT_EQ(back.object, object);
}

TEST(WriteAnswer, HasListsAndFieldsAndNothingEmpty) {
  Answer answer;
  answer.lists = {{"events",
                   {{{"lastSeen", kTime}, {"note", "a \"word\""}, {"count", std::int64_t{2}}},
                    {{"lastSeen", SystemTime{}}, {"note", ""}, {"count", std::int64_t{1}}}}},
                  {"none", {}}};
  answer.fields = {{"monthlyCostUSD", 12.5}};
  const std::string time = to_rfc3339(kTime);
  EXPECT_EQ(answer_text(answer, TextForm::Json),
            "{\n  \"events\": [\n    {\n      \"lastSeen\": \"" + time +
                "\",\n      \"note\": \"a \\\"word\\\"\",\n      \"count\": 2\n    },\n    {\n      "
                "\"count\": 1\n    }\n  ],\n  \"none\": [],\n  \"monthlyCostUSD\": 12.5\n}\n");
  EXPECT_EQ(answer_text({{{"none", {}}}, {}}, TextForm::Yaml), "none:\n  []\n");
}

}  // namespace
}  // namespace vpcp
