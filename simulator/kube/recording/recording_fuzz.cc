// Recordings: what is read as one line is written and read again as the same; whole files never crash the reader.
#include <cstdlib>
#include <sstream>

#include "simulator/kube/recording/recording_reader.h"
#include "simulator/kube/value/text.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::istringstream in(text);
  (void)check_recording(in, "fuzz");
  const auto line = read_recording_line(text.substr(0, text.find('\n')));
  if (!line) return 0;
  if (const auto* change = std::get_if<RecordedChange>(&*line)) {
    const auto again = read_recording_line(to_line(change->at, change->op, to_text(change->object)));
    if (!again || std::get<RecordedChange>(*again).object != change->object) std::abort();
  }
  if (const auto* head = std::get_if<RecordingHead>(&*line)) {
    const auto again = read_recording_line(to_line(*head));
    if (!again || std::get<RecordingHead>(*again).cluster != head->cluster) std::abort();
  }
  return 0;
}
