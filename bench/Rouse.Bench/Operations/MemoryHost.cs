using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Hosts;
using Rouse.Config.Model;

namespace Rouse.Bench.Operations;

/// <summary>A host with one file, one program and one user, so that reading a configuration asks the kernel for nothing.</summary>
internal sealed class MemoryHost(string path, byte[] contents) : IConfigHost
{
    public const string Program = "/usr/sbin/in.server";

    private static readonly byte[] Protocols = [.. "tcp 6 TCP\nudp 17 UDP\n"u8];

    private readonly UserEntry _root = new("root", 0, 0);

    public bool TryReadFile(string file, out byte[] bytes, out string reason)
    {
        reason = "No such file or directory";
        bytes = file == path ? contents : file == "/etc/protocols" ? Protocols : [];
        return bytes.Length > 0;
    }

    public bool TryListDirectory(string directory, out IReadOnlyList<string> names, out string reason)
    {
        reason = "No such file or directory";
        names = [];
        return false;
    }

    public PathKind KindOf(string file) => file == path || file == Program ? PathKind.Regular : PathKind.Missing;

    public bool IsExecutable(string file, out string reason)
    {
        reason = file == Program ? "" : "No such file or directory";
        return reason.Length == 0;
    }

    public UserEntry? FindUser(string name) => name == _root.Name ? _root : null;

    public UserEntry? FindUser(uint uid) => uid == _root.Uid ? _root : null;

    public GroupEntry? FindGroup(string name) => null;

    public IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid) => [];

    public IReadOnlyList<IpAddress> Resolve(string hostName) => [];

    public uint FindInterface(string name) => 0;

    public bool HasEnvironmentVariable(string name) => false;
}
