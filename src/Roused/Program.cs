using Rouse.Linux;
using Roused.Inetd;

namespace Roused;

/// <summary>The daemon's executable: the name that it is called by picks the personality.</summary>
internal static class Program
{
    private const int NotBuilt = 69; // EX_UNAVAILABLE, sysexits.h

    private static int Main()
    {
        string[] line = ThisProcess.CommandLine();
        string name = line.Length > 0 ? line[0][(line[0].LastIndexOf('/') + 1)..] : "roused";
        string[] arguments = line.Length > 1 ? line[1..] : [];
        switch (name)
        {
            case "inetd" or "inetutils-inetd":
                return InetdPersonality.Run(name, arguments);
            case "tcpd":
                StandardStreams.Write(StandardStreams.Error, $"{name}: this personality is not built yet; nothing was started\n");
                return NotBuilt;
            default:
                return XinetdPersonality.Run(name, arguments);
        }
    }
}
