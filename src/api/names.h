#pragma once
#include "api/field.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The words of the manifest for our enumerations, one list for reading and writing.
inline constexpr Names<Mode> kModes = {{"Reconcile", Mode::Reconcile}, {"Plan", Mode::Plan}};
inline constexpr Names<DeletionPolicy> kDeletionPolicies = {{"Delete", DeletionPolicy::Delete},
                                                            {"Retain", DeletionPolicy::Retain}};
inline constexpr Names<RepairPolicy> kRepairPolicies = {{"Repair", RepairPolicy::Repair},
                                                        {"Warn", RepairPolicy::Warn}};
inline constexpr Names<TopologyType> kTopologies = {{"FullMesh", TopologyType::FullMesh},
                                                    {"HubAndSpoke", TopologyType::HubAndSpoke},
                                                    {"Custom", TopologyType::Custom}};
inline constexpr Names<PublicAddress> kPublicAddresses = {{"IPv4", PublicAddress::IPv4},
                                                          {"None", PublicAddress::None}};
inline constexpr Names<ConditionStatus> kConditionStatuses = {{"True", ConditionStatus::True},
                                                              {"False", ConditionStatus::False},
                                                              {"Unknown", ConditionStatus::Unknown}};
inline constexpr Names<Exposure> kExposures = {{"VPCOnly", Exposure::VpcOnly},
                                               {"FirewalledIPv6", Exposure::FirewalledIPv6},
                                               {"OpenIPv6", Exposure::OpenIPv6},
                                               {"PublicIPv4", Exposure::PublicIPv4}};
/// Ends a status file: YAML's own word for the end of a document.
inline constexpr std::string_view kEndOfYaml = "...\n";

inline constexpr Names<EdgeHealth> kEdgeHealths = {{"Up", EdgeHealth::Up},
                                                   {"Degraded", EdgeHealth::Degraded},
                                                   {"Down", EdgeHealth::Down},
                                                   {"Unknown", EdgeHealth::Unknown}};

}  // namespace vpcp
