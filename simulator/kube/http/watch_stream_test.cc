#include "simulator/kube/http/watch_stream.h"

#include <map>

#include "simulator/kube/http/fixture.h"

namespace plumbline::kube {
namespace {

class WatchStreamTest : public ApiServerTest {};

TEST_F(WatchStreamTest, TellsEveryChangeAfterTheList) {
  json("POST", kMaps, map("a"));
  const std::string version = json("GET", kMaps).at("metadata.resourceVersion").string();
  json("POST", kMaps, map("between"));
  const auto stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + version);
  json("DELETE", std::string(kMaps) + "/a");
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["type"], "ADDED");
  EXPECT_EQ(events[0]["object"]["metadata"]["name"], "between");
  EXPECT_EQ(events[1]["type"], "DELETED");
}

TEST_F(WatchStreamTest, WithoutVersionBeginsWithWhatThereIs) {
  json("POST", kMaps, map("a"));
  const auto stream = watch(std::string(kMaps) + "?watch=true");
  EXPECT_EQ(take(*stream).at(0)["type"], "ADDED");
}

TEST_F(WatchStreamTest, SelectorTransitionsAreAddedAndDeleted) {
  json("POST", kMaps, map("a", R"({"app":"x"})"));
  const auto stream = watch(std::string(kMaps) + "?watch=true&labelSelector=app%3Dx&resourceVersion=" +
                            std::to_string(store_.resource_version()));
  const auto label = [this](const char* value) {
    json("PATCH", std::string(kMaps) + "/a", std::string(R"({"metadata":{"labels":{"app":")") + value + R"("}}})",
         "application/merge-patch+json");
  };
  label("y");
  const std::string changed_at = std::to_string(store_.resource_version());
  label("z");
  label("x");
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["type"], "DELETED");
  EXPECT_EQ(events[0]["object"]["metadata"]["labels"]["app"], "x") << "as it was when it still matched";
  EXPECT_EQ(events[0]["object"]["metadata"]["resourceVersion"], changed_at);
  EXPECT_EQ(events[1]["type"], "ADDED");
}

TEST_F(WatchStreamTest, FromAForgottenVersionEndsWith410) {
  json("POST", kMaps, map("first"));
  const std::string version = std::to_string(store_.resource_version());
  for (int i = 0; i < 60; ++i) json("POST", kMaps, map("m" + std::to_string(i)));
  const auto stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + version);
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["type"], "ERROR");
  EXPECT_EQ(events[0]["object"]["code"], Value(410));
  EXPECT_EQ(events[0]["object"]["reason"], "Expired");
  EXPECT_TRUE(stream->ended());
}

TEST_F(WatchStreamTest, BookmarksCarryTheVersionOfTheCluster) {
  const auto stream = watch(std::string(kMaps) + "?watch=true&allowWatchBookmarks=true&resourceVersion=" +
                            std::to_string(store_.resource_version()));
  json("POST", "/api/v1/namespaces/web/secrets", map("elsewhere"));
  stream->bookmark();
  const auto events = take(*stream);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["type"], "BOOKMARK");
  EXPECT_EQ(events[0]["object"]["metadata"]["resourceVersion"], std::to_string(store_.resource_version()));
}

TEST_F(WatchStreamTest, SlowWatcherIsCutOff) {
  const auto stream =
      watch(std::string(kMaps) + "?watch=true&resourceVersion=" + std::to_string(store_.resource_version()));
  ObjectPtr map_object = *operations_.create(KindId::kConfigMap, "web", {{"metadata", {{"name", "a"}}}});
  for (std::size_t i = 1; i < kWatchQueueMax; ++i) {
    map_object = *operations_.patch(map_object->key(), PatchType::kMerge, {{"data", {{"k", std::to_string(i)}}}});
  }
  EXPECT_FALSE(stream->ended());
  ASSERT_TRUE(operations_.remove(map_object->key()));
  EXPECT_TRUE(stream->ended());
  EXPECT_TRUE(stream->empty());
}

TEST_F(WatchStreamTest, ListThenWatch_LosesNothingWhileOthersWrite) {
  constexpr std::uint64_t kSeed = 42;
  kernel::Random random(kSeed);
  struct Reader {
    std::map<std::string, std::string> seen;  // name -> resourceVersion
    std::string version;
    std::unique_ptr<WatchStream> stream;
  };
  std::vector<Reader> readers(8);
  const auto write = [&] {
    const std::string name = "m" + std::to_string(random.below(12)), path = std::string(kMaps) + "/" + name;
    if (random.below(3) == 0)
      json("DELETE", path);
    else if (json("POST", kMaps, map(name))["@code"] == 409)
      json("PATCH", path, R"({"data":{"k":")" + std::to_string(random.next()) + "\"}}", "application/merge-patch+json");
  };
  const auto follow = [&](Reader& reader) {
    for (const Value& event : take(*reader.stream)) {
      ASSERT_NE(event["type"], "ERROR") << "seed " << kSeed;
      const std::string name = event.at("object.metadata.name").string();
      if (event["type"] == "DELETED")
        reader.seen.erase(name);
      else
        reader.seen[name] = event.at("object.metadata.resourceVersion").string();
      reader.version = event.at("object.metadata.resourceVersion").string();
    }
  };
  for (int round = 0; round < 3000; ++round) {
    write();
    Reader& reader = readers[random.below(readers.size())];
    if (reader.version.empty()) {
      const Value list = json("GET", kMaps);
      reader.version = list.at("metadata.resourceVersion").string();
      for (const Value& item : list["items"])
        reader.seen[item.at("metadata.name").string()] = item.at("metadata.resourceVersion").string();
    } else if (!reader.stream) {
      reader.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + reader.version);
      follow(reader);
    } else {
      follow(reader);
      if (random.below(8) == 0) reader.stream.reset();  // comes back from where it was
    }
    // Nobody stays away for longer than the window.
    if (round % 40 == 0)
      for (Reader& each : readers) {
        if (each.version.empty()) continue;
        if (!each.stream) each.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + each.version);
        follow(each);
      }
  }
  std::map<std::string, std::string> truth;
  for (const ObjectPtr& object : store_.list(KindId::kConfigMap, "web"))
    truth[object->name()] = std::to_string(object->resource_version());
  for (Reader& reader : readers) {
    if (!reader.stream) reader.stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + reader.version);
    follow(reader);
    EXPECT_EQ(reader.seen, truth) << "seed " << kSeed;
  }
}

}  // namespace
}  // namespace plumbline::kube
