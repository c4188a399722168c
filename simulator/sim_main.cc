// plumbline-sim: a simulated cloud for people. The work is in simulator/program.
#include <malloc.h>

#include "simulator/program/command_line.h"

int main(int argc, char** argv) {
  // One thread does the allocating: the heap of the whole process grows in larger steps than a thread's own.
  ::mallopt(M_ARENA_MAX, 1);
  return plumbline::program::run_command_line(argc, argv);
}
