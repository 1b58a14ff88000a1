#!/usr/bin/perl
# A stream echo with the modules that a server of some size loads.
use IO::Socket;
use POSIX;
syswrite STDOUT, $_ while sysread STDIN, $_, 65536;
