#include "simulator/kube/schema/builtin.h"

#include <gtest/gtest.h>

#include "simulator/kube/schema/conform.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

TEST(Builtin, TypesHaveWhatTheirMarksNeed) {
  for (const Type& type : builtin_types().types()) {
    if (type.form != Type::Form::kList) continue;
    const std::string& items = type.element->name;
    if (type.list == ListType::kMap) {
      for (const std::string& key : type.keys) EXPECT_TRUE(type.element->find(key)) << items << " has no field " << key;
    } else if (type.list == ListType::kSet) {
      EXPECT_TRUE(type.element->scalar()) << "only scalars are told apart by themselves";
    }
    if (!type.merge_key.empty()) {
      EXPECT_TRUE(type.element->find(type.merge_key)) << items << " has no field " << type.merge_key;
    }
  }
}

TEST(Builtin, PresetsAreOfTheirFieldsTypes) {
  for (const Type& type : builtin_types().types())
    for (const Field& field : type.fields) {
      if (field.preset.is_null()) continue;
      Value preset = field.preset;
      const Conformed conformed = conform(*field.type, preset);
      EXPECT_EQ(conformed.mistake, "") << type.name << "." << field.name;
      EXPECT_TRUE(conformed.unknown.empty()) << type.name << "." << field.name;
      EXPECT_EQ(to_text(preset), to_text(field.preset)) << type.name << "." << field.name;
    }
}

TEST(Builtin, FindsKindsAndTheirParts) {
  ASSERT_TRUE(builtin_type("PodSpec"));
  EXPECT_EQ(builtin_type("PodSpec")->find("containers")->type->merge_key, "name");
  EXPECT_EQ(builtin_type("Pod")->find("spec")->type, builtin_type("PodSpec"));
  EXPECT_FALSE(builtin_type("Widget"));
}

}  // namespace
}  // namespace plumbline::kube
