// Reasons of calls that failed, of the cloud, the stores and the programs; and of events.
#include "views/reason_tables.h"

namespace vpcp {

ReasonGroup reasons_of_the_cloud() {
  return {
      "The cloud",
      "Of the condition that a failed call of the cloud's API stands in the way of; in the log; in the label "
      "`result` of metrics by kind.",
      {{"ApiKeyMissing", "there is no API key",
        "give the controller VULTR_API_KEY, or name a Secret in spec.credentialsRef"},
       {"ApiKeyMalformed", "the API key has a control character in it, such as a line's end",
        "put the key alone, on one line, where the message says"},
       {"ApiKeyRefused", "Vultr does not accept the API key (401)",
        "make a new API key in Vultr's portal (Account, API) and replace the refused one"},
       {"NotPermitted", "Vultr does not let the key do this, or not from this address (403)",
        "let the key be used from the controller's address (Vultr's portal: API, Access Control)"},
       {"QuotaReached", "the account has as many as it may have",
        "ask Vultr to raise the account's limit, or remove what is not needed"},
       {"OutOfCapacity", "the region has no room for the plan now",
        "choose another plan or region; the controller goes on trying"},
       {"PlanNotAvailable", "the region does not offer the plan", "choose a plan that the region offers"},
       {"ImageNotAvailable", "there is no system of that name",
        "write spec…os exactly as Vultr's list of systems names it"},
       {"RegionUnknown", "there is no region of that id", "write a region id of Vultr's, such as ams"},
       {"NatGatewayMissing", "a server without a public address needs a NAT gateway in its VPC",
        "make a NAT gateway for the VPC in Vultr's portal, or give the server a public address"},
       {"RequestRefused", "Vultr, or the API server, refused a request; the message has its words",
        "do what the message asks for; if it names nothing of yours, report it"},
       {"Locked", "Vultr works on the resource (409)", "wait: the controller tries again"},
       {"StillAttached", "the VPC still has instances", "wait; detach what is not ours from the VPC"},
       {"AlreadyDefined", "what was to be created exists", "wait: the controller looks again"},
       {"NotFound", "what was asked for is not there (404)",
        "of a command: look at the name, and at -n; else wait: the controller looks again"},
       {"VultrRateLimited", "Vultr asks to slow down (429)",
        "wait: the controller slows down by itself; look who else uses the API from this address"},
       {"CloudUnavailable", "Vultr's API does not answer, or with a failure of its own",
        "wait: Vultr's API does not answer; hosts are looked after meanwhile"},
       {"NotSent", "no connection, or no time for one: surely not done",
        "look whether the API is reachable from the controller; it tries again"},
       {"AnswerLost", "the connection broke before the answer: it may have been done",
        "wait: the controller looks before it does it again"},
       {"BadAnswer", "an answer that cannot be understood; nothing is concluded from it",
        "look whether a proxy stands between the controller and the API; it tries again"},
       {"BadUrl", "the URL of an API is not one", "correct --vultr-url, or the server in the kubeconfig"},
       {"CertificateRefused", "the server's certificate is not one that is trusted",
        "look whether a proxy stands between, and whether the CA is the right one"},
       {"BadTlsSettings", "a CA, certificate or key is not PEM, or the two do not belong together",
        "correct the CA, certificate or key that the message names"},
       {"Stopped", "a stream that was no longer wanted", "nothing: it was meant"}}};
}

ReasonGroup reasons_of_stores() {
  return {
      "Where objects live",
      "In the log, and in what programs say when they fail.",
      {{"BadKubeconfig", "the kubeconfig cannot be used", "correct the field that the message names"},
       {"CredentialPluginFailed", "the credential plugin of the kubeconfig gave no credentials",
        "run the plugin by hand, and log in as it asks for"},
       {"CredentialsRefused", "the API server does not know who we are (401)",
        "log in to the cluster anew, or take another context"},
       {"Forbidden", "the API server does not let us do this (403)",
        "ask who runs the cluster for the right (deploy/kubernetes/base has the role), or take another "
        "context"},
       {"ApiServerBusy", "the API server asks to slow down (429)", "wait: it is tried again"},
       {"ApiServerUnavailable", "the API server fails (5xx)", "look at the API server; it is tried again"},
       {"ObjectChanged", "somebody changed it since it was read", "wait: it is read again"},
       {"AlreadyExists", "what was to be created exists", "wait: it is read again"},
       {"Expired", "the API server no longer keeps that version", "wait: everything is listed anew"},
       {"NotSynced", "the API server has not told of its objects yet", "wait: it is tried again"},
       {"StaleObject", "the object has been replaced or is gone", "wait: it is read again"},
       {"SecretOwned", "a Secret of that name belongs to somebody else",
        "rename that Secret, or delete it if nobody needs it"},
       {"InvalidObject", "a kept object cannot be read",
        "restore it from a backup, or run the version that wrote it"},
       {"NotJson", "a text that should be JSON is not", "correct it at the place that the message names"},
       {"NotLeader", "this process does not hold the Lease, and does nothing",
        "wait: the one that holds it acts; LeaderMissing tells when none does"},
       {"NoManifests", "the directory of manifests cannot be read",
        "give --manifests a directory that the controller can read"},
       {"NoState", "the directory is no state directory of the controller",
        "give --state the directory that the controller was given"},
       {"StateInUse", "another process uses the state directory",
        "stop that one, or give this one another directory"},
       {"StateNotReadable", "this user may not read or write the state directory",
        "run vpcpctl as the user that runs the controller, or by sudo"},
       {"OwnerUnknown", "orphans and cost: what an object owns cannot be told from what nobody owns",
        "do as the message says: give vpcpctl the right to read the record's Secret, or let a controller "
        "write the status anew"},
       {"StateUnreadable", "a file of the state directory cannot be read",
        "do what the message asks for: restore it from a backup, or have a status written anew"},
       {"StateOfNewerVersion", "a newer version has written the state directory", "run that version"},
       {"StateKeyRefused", "the key that Secrets are sealed with is missing, exposed or another one",
        "restore the key from a backup, readable by its owner only"},
       {"StateIncomplete", "there are keys of an object that is not there: a part of a backup",
        "restore the whole state directory from one backup"},
       {"FileFailed", "a file could not be read or written; the message has the system's words",
        "do what the message asks for (room, rights)"},
       {"NotAFile", "a file was expected, and something else is there", "put it away, or name another"}}};
}

ReasonGroup reasons_of_programs() {
  return {
      "Programs",
      "In the log, and in what programs say when they fail.",
      {{"ListenAddressInvalid", "the address to listen at is not one", "write HOST:PORT"},
       {"CannotListen", "the address cannot be listened at",
        "choose another port, or end the program that has it"},
       {"StreamEnded", "the stream of changes from a host ended", "wait: it is begun anew"},
       {"StreamSilent", "a host's stream of changes told nothing for 15 seconds", "wait: it is begun anew"},
       {"NotUnique", "objects of that name are in several namespaces", "write NAMESPACE/NAME"},
       {"SuspendedByManifest", "the manifest says suspend: true", "take that out of the manifest"},
       {"InvalidManifest", "the manifest cannot be planned", "correct what the message names"},
       {"SpecRefused", "the controller would refuse the spec", "correct what the message names"},
       {"ReadOnly", "a plan writes nothing", "report it: no one should see it"},
       {"NotReadable", "a file that was named cannot be read", "name another file"},
       {"NotWritten", "the archive could not be written", "name another file, or make room"}}};
}

ReasonGroup reasons_of_events() {
  return {
      "Events only",
      "`vpcpctl events`, `kubectl get events`; events also have reasons of the groups above, and the names "
      "of\ndrifts ([drift.md](../drift.md)).",
      {{"Created", "something was set up for the first time", "nothing: it is told for the record"},
       {"Repaired", "a drift was put right", "nothing, unless it comes again: then find who changes it"},
       {"HostKeyPinned", "the host key of an existing server was trusted on first use",
        "compare it with the server's, and write it into hostKey"},
       {"SshOpenToAnyone", "port 22 of the gateways is open to all the world, because sshSources is empty",
        "name the controller's network in spec.sshSources"},
       {"Retained", "the object is gone, and what it made stays, as deletionPolicy: Retain asks for",
        "delete it in Vultr's portal when nobody needs it: vpcpctl orphans lists it"},
       {"ManifestRefused", "a document of the manifests cannot be read; the last good version stays in force",
        "correct what the message names"}}};
}

}  // namespace vpcp
