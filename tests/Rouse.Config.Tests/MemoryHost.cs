using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests;

/// <summary>A host in memory: files, programs, users and names are what a test puts in.</summary>
internal sealed class MemoryHost : IConfigHost
{
    public Dictionary<string, byte[]> Files { get; } = new()
    {
        ["/etc/services"] = SourceFile.Encode("""
            # a comment
            echo 7/tcp
            echo 7/udp
            discard 9/tcp sink null
            daytime 13/tcp
            daytime 13/udp
            chargen 19/tcp
            chargen 19/udp
            ftp 21/tcp
            telnet 23/tcp
            time 37/tcp timserver
            time 37/udp
            tftp 69/udp
            auth 113/tcp ident
            tcpmux 1/tcp
            """),
        ["/etc/protocols"] = SourceFile.Encode("ip 0 IP # internet\ntcp 6 TCP\nudp 17 UDP\nsctp 132 SCTP\n"),
        ["/etc/networks"] = SourceFile.Encode("loopback 127.0.0.0\noffice 10.1\nnothing 0.0.0.0\n"),
        ["/etc/rpc"] = SourceFile.Encode("rstatd 100001 rstat rstat_svc\n"),
    };

    public Dictionary<string, PathKind> Kinds { get; } = [];

    public Dictionary<string, string> Unreadable { get; } = [];

    public HashSet<string> Programs { get; } = ["/usr/sbin/in.server", "/usr/sbin/tcpd"];

    public Dictionary<string, UserEntry> Users { get; } = new()
    {
        ["root"] = new("root", 0, 0),
        ["nobody"] = new("nobody", 65534, 65534),
    };

    public Dictionary<string, GroupEntry> Groups { get; } = new() { ["daemon"] = new("daemon", 1), ["root"] = new("root", 0) };

    public Dictionary<string, IpAddress[]> Names { get; } = [];

    public Dictionary<string, uint> Interfaces { get; } = [];

    public HashSet<string> Variables { get; } = ["PATH", "HOME"];

    public int Resolutions { get; private set; }

    public bool TryReadFile(string path, out byte[] bytes, out string reason)
    {
        reason = Unreadable.TryGetValue(path, out string? given) ? given : "No such file or directory";
        bytes = [];
        return given is null && Files.TryGetValue(path, out bytes!);
    }

    public bool TryListDirectory(string path, out IReadOnlyList<string> names, out string reason)
    {
        List<string> found = [];
        foreach (string file in (string[])[.. Files.Keys, .. Kinds.Keys])
        {
            if (file.StartsWith(path + "/", StringComparison.Ordinal) && !file[(path.Length + 1)..].Contains('/'))
            {
                found.Add(file[(path.Length + 1)..]);
            }
        }

        found.Reverse();
        names = found;
        reason = "No such file or directory";
        return found.Count > 0;
    }

    public PathKind KindOf(string path) =>
        Kinds.TryGetValue(path, out PathKind kind) ? kind
        : Files.ContainsKey(path) || Unreadable.ContainsKey(path) ? PathKind.Regular
        : PathKind.Missing;

    public bool IsExecutable(string path, out string reason)
    {
        reason = Programs.Contains(path) ? "" : "No such file or directory";
        return reason.Length == 0;
    }

    public UserEntry? FindUser(string name) => Users.GetValueOrDefault(name);

    public UserEntry? FindUser(uint uid)
    {
        foreach (UserEntry user in Users.Values)
        {
            if (user.Uid == uid)
            {
                return user;
            }
        }

        return null;
    }

    public GroupEntry? FindGroup(string name) => Groups.GetValueOrDefault(name);

    public IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid) => [gid, 7];

    public IReadOnlyList<IpAddress> Resolve(string hostName)
    {
        Resolutions++;
        return Names.GetValueOrDefault(hostName, []);
    }

    public uint FindInterface(string name) => Interfaces.GetValueOrDefault(name);

    public bool HasEnvironmentVariable(string name) => Variables.Contains(name);
}
