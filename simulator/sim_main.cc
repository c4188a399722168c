// plumbline-sim: a simulated cloud for people. The work is in simulator/program.
#include "simulator/program/program.h"

int main(int argc, char** argv) { return plumbline::program::run_command_line(argc, argv); }
