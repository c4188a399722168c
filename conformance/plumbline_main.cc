// plumbline: judges gateways. Everything else is in conformance/command_line.
#include "conformance/command_line/app.h"

int main(int argc, char** argv) { return plumbline::conformance::run_command_line(argc, argv); }
