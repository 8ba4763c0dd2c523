#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <utility>

#include "adapters/directory/manifest_scan.h"
#include "app/named_file.h"
#include "app/vpc-peering-controller/options.h"
#include "domain/validate.h"
#include "vpcp/api/read.h"

namespace vpcp::app {
namespace {

std::vector<FieldError> semantic_errors(const Located<VpcPeering>& peering) {
  std::vector<FieldError> errors;
  for (const SpecError& error : validate(peering.object.spec)) {
    FieldError located;
    located.field = error.field;
    located.value = error.value;
    located.message = error.problem;
    located.fix = error.fix;
    errors.push_back(peering.source.located(std::move(located)));
  }
  return errors;
}

/// Is one of the fields the other one, or inside it?
bool touch(const std::string& a, const std::string& b) {
  const std::string& outer = a.size() < b.size() ? a : b;
  const std::string& inner = a.size() < b.size() ? b : a;
  return inner.starts_with(outer) &&
         (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
}

/// What can be said of a document that has errors of form: nothing about a field that could not be read, nor
/// about references to sites when one of those could not.
std::vector<FieldError> further_errors(const Located<VpcPeering>& peering,
                                       const std::vector<FieldError>& of_form) {
  std::vector<FieldError> errors = semantic_errors(peering);
  std::erase_if(errors, [&](const FieldError& error) {
    return std::ranges::any_of(of_form, [&](const FieldError& known) {
      const bool of_sites = touch(known.field, "spec.sites") && touch(error.field, "spec.topology");
      return of_sites || touch(known.field, error.field);
    });
  });
  return errors;
}

ReadManifests read_as_the_store_would(const std::string& file) {
  const auto text = text_of_named_file(file);
  if (!text) {
    ReadManifests none;
    none.errors.push_back({file, 0, 0, "", "", "cannot be read", "name a manifest that you may read"});
    return none;
  }
  ReadManifests read = read_manifests(*text, file);
  struct stat info {};
  if (::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode))
    directory::refuse_open_secrets(read, info.st_mode, file);
  return read;
}

}  // namespace

int validate_files(const std::vector<std::string>& files) {
  std::size_t error_count = 0;
  std::size_t objects = 0;
  std::map<ObjectKey, std::string> seen;
  for (const std::string& file : files) {
    const ReadManifests read = read_as_the_store_would(file);
    std::vector<FieldError> errors = read.errors;
    for (const Located<VpcPeering>& peering : read.faulty) {
      const auto more = further_errors(peering, read.errors);
      errors.insert(errors.end(), more.begin(), more.end());
    }
    for (const Located<VpcPeering>& peering : read.peerings) {
      const auto more = semantic_errors(peering);
      errors.insert(errors.end(), more.begin(), more.end());
      const auto [first, fresh] = seen.emplace(peering.object.meta.key(), file);
      if (!fresh) {
        FieldError twice{file,
                         0,
                         0,
                         "metadata.name",
                         peering.object.meta.key().str(),
                         "is already declared in " + first->second,
                         "declare every object once"};
        errors.push_back(peering.source.located(std::move(twice)));
      }
    }
    std::ranges::stable_sort(errors, {},
                             [](const FieldError& error) { return std::pair(error.line, error.column); });
    for (const FieldError& error : errors) std::cout << to_string(error) << '\n';
    error_count += errors.size();
    objects += read.peerings.size();
  }
  if (error_count > 0) {
    std::cout << error_count << (error_count == 1 ? " error" : " errors") << " in " << files.size()
              << (files.size() == 1 ? " file\n" : " files\n");
    return 1;
  }
  std::cout << objects << (objects == 1 ? " object is" : " objects are") << " valid\n";
  return 0;
}

}  // namespace vpcp::app
