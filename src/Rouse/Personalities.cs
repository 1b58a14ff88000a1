using System;
using System.Collections.Generic;
using Rouse.Tools.Chkconfig;
using Rouse.Tools.Itox;
using Rouse.Tools.Ntsysv;
using Rouse.Tools.Service;
using Rouse.Tools.TcpdChk;
using Rouse.Tools.TcpdMatch;

namespace Rouse.Tools;

/// <summary>The tools of old that this executable stands for.</summary>
internal static class Personalities
{
    private static readonly Dictionary<string, Func<string[], int>> Tools = new(StringComparer.Ordinal)
    {
        ["chkconfig"] = ChkconfigPersonality.Run,
        ["install_initd"] = InstallInitd.Install,
        ["remove_initd"] = InstallInitd.Remove,
        ["systemd-sysv-install"] = InstallInitd.ForSystemd,
        ["service"] = ServicePersonality.Run,
        ["ntsysv"] = NtsysvPersonality.Run,
        ["itox"] = ItoxPersonality.Run,
        ["tcpdmatch"] = TcpdMatchPersonality.Run,
        ["tcpdchk"] = TcpdChkPersonality.Run,
    };

    /// <param name="run">Takes the words behind the name; the exit status.</param>
    public static bool TryFind(string name, out Func<string[], int>? run)
    {
        // Installed beside a tool of the system's own it has a name of its own: rouse-service.
        const string Prefix = "rouse-";
        return Tools.TryGetValue(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name, out run);
    }
}
