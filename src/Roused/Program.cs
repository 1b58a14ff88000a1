using Rouse.Linux;
using Roused.Inetd;
using Roused.Tcpd;

namespace Roused;

/// <summary>The daemon's executable: the name that it is called by picks the personality, or, for tcpd, the name that it lies under.</summary>
internal static class Program
{
    private static int Main()
    {
        string[] line = ThisProcess.CommandLine();
        if (TcpdPersonality.IsMeant())
        {
            return TcpdPersonality.Run(line);
        }

        string name = line.Length > 0 ? line[0][(line[0].LastIndexOf('/') + 1)..] : "roused";
        string[] arguments = line.Length > 1 ? line[1..] : [];
        switch (name)
        {
            case "inetd" or "inetutils-inetd":
                return InetdPersonality.Run(name, arguments);
            case "tcpd":
                return TcpdPersonality.Run(line);
            default:
                return XinetdPersonality.Run(name, arguments);
        }
    }
}
