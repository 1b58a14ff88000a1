using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Model;

namespace Rouse.Config.Hosts;

/// <summary>What a path names.</summary>
public enum PathKind
{
    Missing,
    Regular,
    Directory,
    Other,
}

/// <summary>
/// What reading a configuration asks of the host: files, users, names. The one way in, so that tests and fuzzers give a host in memory.
/// Every call may block; the daemon reads its configuration away from the loop. Paths are one char a byte.
/// </summary>
public interface IConfigHost
{
    /// <summary>The whole file, or false with the reason in the C library's words (<c>No such file or directory</c>).</summary>
    bool TryReadFile(string path, out byte[] bytes, out string reason);

    /// <summary>The names in a directory without <c>.</c> and <c>..</c>, in any order, or false with the reason.</summary>
    bool TryListDirectory(string path, out IReadOnlyList<string> names, out string reason);

    /// <summary>stat(2), following links.</summary>
    PathKind KindOf(string path);

    /// <summary>access(2) with X_OK for the daemon, and a regular file; false with the reason.</summary>
    bool IsExecutable(string path, out string reason);

    /// <summary>getpwnam(3); null where there is none.</summary>
    UserEntry? FindUser(string name);

    /// <summary>getpwuid(3); null where there is none.</summary>
    UserEntry? FindUser(uint uid);

    /// <summary>getgrnam(3); null where there is none.</summary>
    GroupEntry? FindGroup(string name);

    /// <summary>getgrouplist(3): what initgroups(3) would set for the user with this login group.</summary>
    IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid);

    /// <summary>getaddrinfo(3): every address of a host name; empty where it cannot be resolved.</summary>
    IReadOnlyList<IpAddress> Resolve(string hostName);

    /// <summary>if_nametoindex(3): the number of a network interface; 0 where there is none of that name.</summary>
    uint FindInterface(string name);

    /// <summary>The daemon's own environment has a variable of this name.</summary>
    bool HasEnvironmentVariable(string name);
}
