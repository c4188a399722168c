#include "simulator/kube/schema/notation.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

using Form = Type::Form;

/// The field `x` of type T whose words are `words`.
class OneField {
 public:
  explicit OneField(const std::string& words)
      : types_(read_types("T\n  x " + words + "\nPart \"A part.\"\n  name string\n  next Part\n")) {}
  const Field& operator*() const { return types_.find("T")->fields.at(0); }
  const Field* operator->() const { return &**this; }
  const Type& type() const { return *(*this)->type; }
  const TypeSet& types() const { return types_; }

 private:
  TypeSet types_;
};

std::string mistake(std::string_view text) {
  try {
    (void)read_types(text);
  } catch (const NotationError& error) {
    return error.what();
  }
  return "";
}

TEST(Notation, BasicTypesHaveTheirForms) {
  const std::pair<const char*, Form> basics[] = {
      {"string", Form::kString},  {"bool", Form::kBoolean},
      {"int32", Form::kInteger},  {"int64", Form::kInteger},
      {"number", Form::kNumber},  {"quantity", Form::kQuantity},
      {"time", Form::kTime},      {"intstr", Form::kIntOrString},
      {"microtime", Form::kTime}, {"bytes", Form::kBytes},
      {"any", Form::kAny},
  };
  for (const auto& [word, form] : basics) EXPECT_EQ(OneField(word).type().form, form) << word;
  EXPECT_EQ(OneField("int32").type().bits, 32);
  EXPECT_EQ(OneField("int64").type().bits, 64);
  EXPECT_FALSE(OneField("time").type().micro);
  EXPECT_TRUE(OneField("microtime").type().micro);
}

TEST(Notation, ListsAndMapsHaveElements) {
  const OneField list("[]string"), map("{}int32"), deep("{}[]Part");
  EXPECT_EQ(list.type().form, Form::kList);
  EXPECT_EQ(list.type().element->form, Form::kString);
  EXPECT_EQ(list.type().list, ListType::kAtomic);
  EXPECT_EQ(map.type().form, Form::kMap);
  EXPECT_EQ(map.type().element->bits, 32);
  EXPECT_EQ(deep.type().element->element, deep.types().find("Part"));
}

TEST(Notation, TypesMayBeUsedBeforeTheyAreDescribed) {
  const OneField field("Part");
  EXPECT_EQ(field.type().name, "Part");
  EXPECT_EQ(field.type().description, "A part.");
  EXPECT_EQ(field.type().find("next")->type, &field.type());
  EXPECT_EQ(field.type().find("other"), nullptr);
  EXPECT_EQ(field.types().find("Other"), nullptr);
}

TEST(Notation, DescriptionsAndBlanksAndComments) {
  const TypeSet types =
      read_types("# A comment.\nT \"Says \"what\" it is.\"\n\n  # Another.\n  x   string \"A =x !.\"\n");
  EXPECT_EQ(types.find("T")->description, "Says \"what\" it is.");
  ASSERT_EQ(types.find("T")->fields.size(), 1u);
  EXPECT_EQ(types.find("T")->fields[0].description, "A =x !.");
  EXPECT_FALSE(types.find("T")->fields[0].required);
}

TEST(Notation, RequiredAndPreset) {
  EXPECT_FALSE(OneField("string")->required);
  EXPECT_TRUE(OneField("string !")->required);
  EXPECT_TRUE(OneField("string")->preset.is_null());
  EXPECT_EQ(OneField("string =Always")->preset, "Always");
  EXPECT_EQ(OneField("int32 =1")->preset, Value(1));
  EXPECT_EQ(OneField("bool =true !")->preset, Value(true));
  EXPECT_EQ(OneField("Part ={\"name\": \"a b\", \"next\": {}} !")->preset, value_of(R"({"name":"a b","next":{}})"));
  EXPECT_TRUE(OneField("Part ={\"name\": \"a b\", \"next\": {}} !")->required);
}

TEST(Notation, KeysTellItemsApartAndMergeThem) {
  const OneField one("[]Part keys=name");
  EXPECT_EQ(one.type().list, ListType::kMap);
  EXPECT_EQ(one.type().keys, std::vector<std::string>{"name"});
  EXPECT_EQ(one.type().merge_key, "name");
  const OneField two("[]Part keys=port,protocol");
  EXPECT_EQ(two.type().keys, (std::vector<std::string>{"port", "protocol"}));
  EXPECT_EQ(two.type().merge_key, "port");
  EXPECT_EQ(OneField("[]Part keys=port,protocol merge=name").type().merge_key, "name");
  EXPECT_EQ(OneField("[]Part keys=name merge=-").type().merge_key, "");
  EXPECT_EQ(OneField("[]Part merge=name").type().list, ListType::kAtomic);
  EXPECT_EQ(OneField("[]Part merge=name").type().merge_key, "name");
}

TEST(Notation, SetsAndMergedScalars) {
  EXPECT_EQ(OneField("[]string set").type().list, ListType::kSet);
  EXPECT_FALSE(OneField("[]string set").type().merges);
  EXPECT_TRUE(OneField("[]string set merge").type().merges);
  EXPECT_TRUE(OneField("[]string").type().merge_key.empty());
}

TEST(Notation, AtomicHoldsForTheUseNotForTheType) {
  EXPECT_TRUE(OneField("{}string atomic").type().atomic);
  EXPECT_FALSE(OneField("{}string").type().atomic);
  const OneField part("Part atomic");
  EXPECT_TRUE(part.type().atomic);
  EXPECT_EQ(part.type().name, "Part");
  EXPECT_EQ(part.type().fields.size(), 2u) << "also when it is described later";
  EXPECT_FALSE(part.types().find("Part")->atomic);
  EXPECT_TRUE(read_types("T atomic\n  x string\n").find("T")->atomic);
}

TEST(Notation, RetainHoldsForTheUseNotForTheType) {
  const OneField part("Part retain");
  EXPECT_TRUE(part.type().retain_keys);
  EXPECT_EQ(part.type().fields.size(), 2u);
  EXPECT_FALSE(part.types().find("Part")->retain_keys);
}

TEST(Notation, EnumNamesTheChoices) {
  const OneField field("string enum=Always|Never =Never");
  ASSERT_TRUE(field.type().constraints);
  EXPECT_EQ(field.type().constraints->choices, (std::vector<Value>{"Always", "Never"}));
  EXPECT_EQ(field->preset, "Never");
  EXPECT_EQ(OneField("string").type().constraints, nullptr);
}

TEST(Notation, TypesOfABasicFormAndOpenTypes) {
  const TypeSet types = read_types("Fields = any\nMoment \"A moment.\" = microtime\nOpen open\n  x string\n");
  EXPECT_EQ(types.find("Fields")->form, Form::kAny);
  EXPECT_EQ(types.find("Moment")->form, Form::kTime);
  EXPECT_TRUE(types.find("Moment")->micro);
  EXPECT_EQ(types.find("Moment")->description, "A moment.");
  EXPECT_TRUE(types.find("Open")->open);
  EXPECT_EQ(types.find("Open")->form, Form::kObject);
}

TEST(Notation, MistakesNameTheirLine) {
  EXPECT_EQ(mistake("T\n  x string\nT\n"), "line 3: type 'T' is described twice");
  EXPECT_EQ(mistake("  x string\n"), "line 1: a field stands before any type");
  EXPECT_EQ(mistake("T = text\n"), "line 1: 'text' is no basic type");
  EXPECT_EQ(mistake("T closed\n"), "line 1: 'closed' says nothing about a type");
  EXPECT_EQ(mistake("T =\n"), "line 1: '=' says nothing about a type");
  EXPECT_EQ(mistake("T\n  x Part\n"), "line 2: there is no type 'Part'");
  EXPECT_EQ(mistake("T\n  x []Part\n"), "line 2: there is no type 'Part'");
  EXPECT_EQ(mistake("T\n  x\n"), "line 2: a field needs a type");
  EXPECT_EQ(mistake("T\n  x string\n  x string\n"), "line 3: field 'x' stands twice");
  EXPECT_EQ(mistake("T\n  x string keys=name\n"), "line 2: 'keys=name' is a mark of lists and maps");
  EXPECT_EQ(mistake("T\n  x []string many\n"), "line 2: 'many' says nothing about a field");
  EXPECT_EQ(mistake("T\n\n# words\n  x string set\n"), "line 4: 'set' is a mark of lists and maps");
}

}  // namespace
}  // namespace plumbline::kube
