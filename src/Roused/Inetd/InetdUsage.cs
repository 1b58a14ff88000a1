using System;
using Rouse.Linux;

namespace Roused.Inetd;

/// <summary>What --help prints. Bytes, as they stay in the file; a string is made in memory when the program starts.</summary>
internal static class InetdUsage
{
    public static void Print(string name)
    {
        StandardStreams.Write(StandardStreams.Output, $"Usage: {name}");
        StandardStreams.Write(StandardStreams.Output, Options);
    }

    private static ReadOnlySpan<byte> Options =>
        """
         [option...] [FILE]
          -d, --debug           stay in the foreground, log everything to standard error too
          -i                    stay in the foreground
          -E                    let servers have the whole environment
          -l, -w                ask the rules of tcp_wrappers about the peers of servers
          -W                    ask them about those of internal services too
          -q LENGTH             how many connections may wait to be accepted
          -R, --rate NUMBER     starts of one service a minute; 0 for no limit
          -c NUMBER             servers of one service at a time
          -C NUMBER             connections a minute from one address to one service
          -s NUMBER             servers of one service at a time for one address
          -a ADDRESS            where services without an address of their own listen
          -pFILE, --pidfile=FILE
                                write the daemon's process id there (default /run/inetd.pid); --pidfile= for nowhere
              --environment     tell servers the ends of their connection (TCPREMOTEIP and others)
              --resolve         the same, and the names of both ends (TCPREMOTEHOST, TCPLOCALHOST)
              --dialect NAME    whose file it is: debian (the default), openbsd, inetutils, freebsd, netbsd
              --control PATH    the control socket of rouse status, reload and stop; none for no such socket
          -V, --version         print the version and exit
              --help            print this and exit
        FILE is /etc/inetd.conf unless another one, or a directory of such files, is named.

        """u8;
}
