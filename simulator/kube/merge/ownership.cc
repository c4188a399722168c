#include "simulator/kube/merge/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "simulator/kube/merge/typed.h"
#include "simulator/kube/merge/typed_check.h"
#include "simulator/kube/schema/conform.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kUpdatersMax = 10;  ///< above it, the oldest entries become one
constexpr std::string_view kOldUpdaters = "ancient-changes";
constexpr std::string_view kBeforeApply = "before-first-apply";
constexpr std::string_view kKubectl = "kubectl";
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::size_t kManagerMax = 128;

/// What belongs to nobody: it names the object, or is the server's.
const FieldSet& nobodys() {
  static const FieldSet kNobodys = [] {
    FieldSet set;
    for (const char* field : {"f:apiVersion", "f:kind", "f:metadata"}) set.insert({field});
    for (const char* field :
         {"f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:clusterName", "f:generation",
          "f:managedFields", "f:resourceVersion", "f:deletionTimestamp", "f:deletionGracePeriodSeconds"})
      set.insert({"f:metadata", field});
    return set;
  }();
  return kNobodys;
}

struct Entry {
  Author author;
  bool applies = false;
  Value time;
  FieldSet fields;

  bool is(const Author& other, bool applied) const {
    return applies == applied && author.manager == other.manager && author.subresource == other.subresource &&
           (applied || author.api_version == other.api_version);
  }
  auto order() const {
    return std::make_tuple(!applies, time.text(), std::string_view(author.manager),
                           std::string_view(author.api_version), std::string_view(author.subresource));
  }
};

class Entries {
 public:
  explicit Entries(const Value& managed) {
    for (const Value& item : managed) {
      Entry entry;
      entry.author = {item["manager"].string(), item["apiVersion"].string(), item["subresource"].string()};
      entry.applies = item["operation"] == "Apply";
      entry.time = item["time"];
      entry.fields = FieldSet(item["fieldsV1"]);
      entries_.push_back(std::move(entry));
    }
  }

  Entry* find(const Author& author, bool applies) {
    for (Entry& entry : entries_)
      if (entry.is(author, applies)) return &entry;
    return nullptr;
  }
  Entry& make(const Author& author, bool applies) {
    if (Entry* found = find(author, applies)) return *found;
    entries_.push_back({author, applies, {}, {}});
    return entries_.back();
  }
  std::vector<Entry>& all() { return entries_; }

  /// Takes what was written by somebody else from everybody but `writer`.
  void yield(const Comparison& changes, const Entry* writer) {
    for (Entry& entry : entries_) {
      if (&entry == writer) continue;
      entry.fields = entry.fields.without(changes.modified).without(changes.added).without(changes.removed);
    }
  }

  void drop_empty() {
    std::erase_if(entries_, [](const Entry& entry) { return entry.fields.empty(); });
  }

  /// The oldest updates become one entry when there are too many.
  void cap() {
    const auto updaters = static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.applies; }));
    if (updaters <= kUpdatersMax) return;
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.order() < b.order(); });
    std::size_t left = updaters;
    std::vector<Entry> kept;
    for (Entry& entry : entries_) {
      const auto older = std::find_if(kept.begin(), kept.end(), [&](const Entry& each) {
        return !each.applies && each.author.api_version == entry.author.api_version;
      });
      if (entry.applies || left <= kUpdatersMax || older == kept.end()) {
        kept.push_back(std::move(entry));
        continue;
      }
      older->author = {std::string(kOldUpdaters), entry.author.api_version, ""};
      older->fields = older->fields.united(entry.fields);
      older->time = entry.time;
      --left;
    }
    entries_ = std::move(kept);
  }

  Value value() {
    drop_empty();
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.order() < b.order(); });
    Value managed = Value::array();
    for (const Entry& entry : entries_) {
      Value item{{"manager", entry.author.manager},
                 {"operation", entry.applies ? "Apply" : "Update"},
                 {"apiVersion", entry.author.api_version},
                 {"fieldsType", "FieldsV1"},
                 {"fieldsV1", entry.fields.value()}};
      if (!entry.time.is_null()) item["time"] = entry.time;
      if (!entry.author.subresource.empty()) item["subresource"] = entry.author.subresource;
      managed.push_back(std::move(item));
    }
    return managed;
  }

 private:
  std::vector<Entry> entries_;
};

std::string who(const Entry& entry) {
  std::string words = fmt::format("\"{}\"", entry.author.manager);
  if (!entry.author.subresource.empty()) words += fmt::format(" with subresource \"{}\"", entry.author.subresource);
  if (!entry.applies) words += fmt::format(" using {}", entry.author.api_version);
  return words;
}

struct Conflict {
  std::string who, path;
};

Failure apply_conflict(const std::vector<Conflict>& conflicts) {
  Value causes = Value::array();
  for (const Conflict& conflict : conflicts)
    causes.push_back({{"reason", "FieldManagerConflict"},
                      {"message", fmt::format("conflict with {}", conflict.who)},
                      {"field", conflict.path}});
  std::string message;
  if (conflicts.size() == 1) {
    message = fmt::format("Apply failed with 1 conflict: conflict with {}: {}", conflicts.front().who,
                          conflicts.front().path);
  } else {
    message = fmt::format("Apply failed with {} conflicts: ", conflicts.size());
    for (std::size_t i = 0; i < conflicts.size(); ++i) {
      if (i == 0 || conflicts[i].who != conflicts[i - 1].who)
        message += fmt::format("{}conflicts with {}:", i == 0 ? "" : "\n", conflicts[i].who);
      message += fmt::format("\n- {}", conflicts[i].path);
    }
  }
  return {409, "Conflict", message, {{"causes", std::move(causes)}}};
}

/// `merged` without what the manager had applied before, does not apply now, and nobody else has.
Value pruned(const Value& merged, const FieldSet& before, Entries& entries, const Type* type) {
  if (before.empty()) return merged;
  Value rest = without(merged, before.with_named_fields(type), type);
  const auto members = [&](const Value& value) { return fields_of(value, type).with_named_fields(type); };
  const FieldSet all = members(merged);
  FieldSet owned;
  for (const Entry& entry : entries.all()) owned = owned.united(entry.fields);
  // Once more from the whole: what somebody owns below something that went comes back with it.
  rest = without(merged, all.without(members(rest).united(owned.with_named_fields(type))), type);
  // What nobody had applied, and only went along with what it was in, stays.
  return without(merged, all.without(members(rest)).common(before.with_named_fields(type)), type);
}

bool is_reset(const Value& managed) { return managed.size() == 1 && managed.front().empty(); }

void update(Entries& entries, const Comparison& changes, const Author& author, const Value& now) {
  const Entry* own = entries.find(author, false);
  const FieldSet had = own == nullptr ? FieldSet() : own->fields.without(changes.removed);
  entries.yield(changes, nullptr);
  const FieldSet took = changes.modified.united(changes.added).without(nobodys());
  if (own == nullptr && took.empty()) return;
  Entry& entry = entries.make(author, false);
  entry.fields = had.united(took);
  // Real servers keep no time of who scaled.
  if (!took.empty() && author.subresource != "scale") entry.time = now;
}

/// What kubectl had applied in its older way, and is still so: its own, though another entry says that it has it.
FieldSet applied_by_kubectl(const Value& live, const Type* type) {
  const Value& text = live["metadata"]["annotations"][kLastApplied];
  const Reading last = read_text(text.text());
  if (!last.value || !((*last.value)["apiVersion"] == live["apiVersion"])) return {};
  const Comparison since = compare(*last.value, live, type);
  return fields_of(*last.value, type).without(since.modified).without(since.added).without(since.removed);
}

/// An object that has kubectl's account of what was applied has it brought up to date.
void note_last_applied(Value& object, const Value& config) {
  if (!std::as_const(object)["metadata"]["annotations"].contains(kLastApplied)) return;
  Value noted = config;
  if (std::as_const(noted)["metadata"]["annotations"].contains(kLastApplied))
    noted["metadata"]["annotations"].erase(kLastApplied);
  object["metadata"]["annotations"].set(kLastApplied) = to_text(noted) + "\n";
}

}  // namespace

Value as_held(const Value& value, const Type* type) {
  Value bare = value.is_null() ? Value::object() : value;
  if (std::as_const(bare)["metadata"].contains("managedFields")) bare["metadata"].erase("managedFields");
  return type == nullptr ? bare : with_structures(bare, *type);
}

Value managed_after_update(const Value& before, const Value& after, const Type* type, const Value& managed,
                           const Author& author, const Value& now) {
  Entries entries(is_reset(managed) ? Value() : managed);
  // Nobody kept account of what there was; there is nothing to go on with.
  if (!before.is_null() && entries.all().empty()) return Value::array();
  update(entries, compare(as_held(before, type), as_held(after, type), type), author, now);
  entries.cap();
  return entries.value();
}

Outcome<Application> apply(const Value& live, const Value& config, const Type* type, const Author& author, bool force,
                           const Value& now) {
  if (type != nullptr) {
    const Value& metadata = config["metadata"];
    Value typed = config;
    for (const char* field : {"apiVersion", "kind"}) typed.erase(field);
    if (const std::string mistake = typed_mistake(typed, *type); !mistake.empty())
      return Failure{500, "",
                     fmt::format("failed to create typed patch object ({}/{}; {}{}, Kind={}): {}",
                                 metadata["namespace"].text(), metadata["name"].text(),
                                 config["apiVersion"].text().find('/') == std::string_view::npos ? "/" : "",
                                 config["apiVersion"].text(), config["kind"].text(), mistake),
                     nullptr};
  }
  const Value& managed = live.at("metadata.managedFields");
  Value bare = live.is_null() ? Value::object() : live;
  if (!live.is_null()) bare["metadata"].erase("managedFields");
  Entries entries(is_reset(managed) ? Value() : managed);
  if (!live.is_null() && entries.all().empty())
    update(entries, compare(as_held(Value(), type), as_held(bare, type), type),
           {std::string(kBeforeApply), author.api_version, author.subresource}, now);
  Entry& own = entries.make(author, true);
  const FieldSet before = own.fields;
  own.fields = fields_of(config, type);
  own.author.api_version = author.api_version;
  // What nobody owns for long, its name above all, holds together what it is in while the rest is taken away.
  Value next = pruned(merged(bare, config, type), before, entries, type);
  own.fields = own.fields.without(nobodys());

  const Comparison changes = compare(as_held(bare, type), as_held(next, type), type);
  std::vector<Conflict> conflicts;
  const bool kubectl = author.manager == kKubectl && !live.is_null();
  const FieldSet mine = kubectl ? applied_by_kubectl(bare, type) : FieldSet();
  for (const Entry& entry : entries.all()) {
    if (&entry == &own) continue;
    entry.fields.common(changes.modified.united(changes.added)).without(mine).each([&](const std::string& path) {
      conflicts.push_back({who(entry), path});
    });
  }
  if (!force && !conflicts.empty()) {
    std::stable_sort(conflicts.begin(), conflicts.end(),
                     [](const Conflict& a, const Conflict& b) { return a.who < b.who; });
    return apply_conflict(conflicts);
  }
  entries.yield(changes, &own);
  if (!changes.removed.empty() || !changes.modified.empty() || !changes.added.empty()) own.time = now;
  entries.cap();
  if (kubectl) note_last_applied(next, config);
  return Application{std::move(next), entries.value()};
}

std::string manager_of_user_agent(std::string_view user_agent) {
  std::string manager;
  for (const char letter : user_agent.substr(0, user_agent.find('/'))) {
    if (manager.size() == kManagerMax) break;
    const auto code = static_cast<unsigned char>(letter);
    if (code >= 0x20 && code != 0x7f) manager.push_back(letter);
  }
  return manager;
}

}  // namespace plumbline::kube
