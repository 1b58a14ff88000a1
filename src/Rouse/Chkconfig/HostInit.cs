using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Tools.Service;

namespace Rouse.Tools.Chkconfig;

/// <summary>What rules the host that a tree belongs to: which init, in which runlevel, with which super-server.</summary>
internal sealed class HostInit(IFileTree tree, Func<bool> answers)
{
    private static readonly string[] SuperServers = ["xinetd", "rouse", "roused"];

    private HashSet<string>? _units;

    /// <summary>systemd runs, as the init: only of the machine's own tree.</summary>
    public bool IsSystemd { get; } = tree.Root == "/" && Rulers.IsSystemd;

    /// <summary>systemd knows a service of this name without an init script.</summary>
    public bool HasUnit(string service) => IsSystemd && (_units ??= ReadUnits()).Contains(service + ".service");

    /// <summary>The super-server is on in some level, or wanted by systemd, or runs.</summary>
    public bool HasSuperServer(Catalogue catalogue) =>
        SuperServers.Any(name => !catalogue.Links.Of(name).On.IsEmpty || IsWanted(name)) || (tree.Root == "/" && answers());

    /// <summary>The runlevel that init has written down (utmp(5)), or what systemd's default target stands for; −1 where neither tells.</summary>
    public int CurrentLevel()
    {
        foreach (string file in (string[])["/run/utmp", "/var/run/utmp"])
        {
            if (tree.Read(file, 16 * 1024 * 1024, out byte[] bytes).Ok && FromUtmp(bytes) is >= 0 and int level)
            {
                return level;
            }
        }

        return tree.ReadLink("/etc/systemd/system/default.target", out string target).Ok || tree.ReadLink("/usr/lib/systemd/system/default.target", out target).Ok
            ? FromTarget(target[(target.LastIndexOf('/') + 1)..])
            : -1;
    }

    internal static int FromUtmp(ReadOnlySpan<byte> bytes)
    {
        const short RUN_LVL = 1;
        int size = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 400 : 384;
        int level = -1;
        for (int at = 0; at + size <= bytes.Length; at += size)
        {
            // ut_pid's low byte is the level's letter.
            if (BinaryPrimitives.ReadInt16LittleEndian(bytes[at..]) == RUN_LVL)
            {
                char letter = (char)bytes[at + 4];
                level = letter is >= '0' and <= '6' ? letter - '0' : letter is 'S' or 's' ? 1 : level;
            }
        }

        return level;
    }

    private static int FromTarget(string target) => target switch
    {
        "multi-user.target" => 3,
        "graphical.target" => 5,
        "rescue.target" => 1,
        ['r', 'u', 'n', 'l', 'e', 'v', 'e', 'l', >= '0' and <= '6' and char digit, .. ".target"] => digit - '0',
        _ => -1,
    };

    private bool IsWanted(string service) =>
        tree.ReadLink($"/etc/systemd/system/multi-user.target.wants/{service}.service", out _).Ok;

    private HashSet<string> ReadUnits()
    {
        HashSet<string> units = new(StringComparer.Ordinal);
        List<DirectoryEntry> entries = [];
        foreach (string directory in SystemdUnits.Written)
        {
            tree.List(directory, entries);
            units.UnionWith(entries.Select(static entry => entry.Name).Where(static name => name.EndsWith(".service", StringComparison.Ordinal)));
        }

        return units;
    }
}
