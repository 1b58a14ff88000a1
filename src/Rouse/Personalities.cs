using System;
using Rouse.Linux;
using Rouse.Tools.Chkconfig;
using Rouse.Tools.Itox;
using Rouse.Tools.Ntsysv;
using Rouse.Tools.TcpdChk;
using Rouse.Tools.TcpdMatch;

namespace Rouse.Tools;

/// <summary>The tools of old that this executable stands for. What is not built yet does not pretend.</summary>
internal static class Personalities
{
    /// <summary>EX_UNAVAILABLE of sysexits(3).</summary>
    public const int NotBuiltYet = 69;

    private static readonly string[] Names = 
    [
        "chkconfig", "service", "ntsysv", "itox", "tcpdmatch", "tcpdchk", "install_initd", "remove_initd", "systemd-sysv-install",
    ];

    public static bool TryFind(string name, out string? personality)
    {
        int index = Array.IndexOf(Names, name);
        personality = index < 0 ? null : Names[index];
        return index >= 0;
    }

    public static int Run(string personality, string[] arguments)
    {
        switch (personality)
        {
            case "chkconfig":
                return ChkconfigPersonality.Run(arguments);
            case "install_initd":
                return InstallInitd.Install(arguments);
            case "remove_initd":
                return InstallInitd.Remove(arguments);
            case "systemd-sysv-install":
                return InstallInitd.ForSystemd(arguments);
            case "itox":
                return ItoxPersonality.Run(arguments);
            case "ntsysv":
                return NtsysvPersonality.Run(arguments);
            case "tcpdmatch":
                return TcpdMatchPersonality.Run(arguments);
            case "tcpdchk":
                return TcpdChkPersonality.Run(arguments);
            default:
                break;
        }

        StandardStreams.Write(StandardStreams.Error, $"{personality}: this version of Rouse does not have it yet\n");
        return NotBuiltYet;
    }
}
