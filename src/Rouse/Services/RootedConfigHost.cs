using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Rouse.Config.Addresses;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Tools.Services;

/// <summary>Another root's files, users and groups, for reading the configuration that lies there. Names of hosts are this machine's.</summary>
internal sealed class RootedConfigHost(IFileTree tree, IConfigHost machine) : IConfigHost
{
    private List<string[]>? _users;
    private List<string[]>? _groups;

    public bool TryReadFile(string path, out byte[] bytes, out string reason)
    {
        SysResult read = tree.Read(path, XinetdFile.LargestFile, out bytes);
        reason = read.Ok ? "" : read.Error.Describe();
        return read.Ok;
    }

    public bool TryListDirectory(string path, out IReadOnlyList<string> names, out string reason)
    {
        List<DirectoryEntry> entries = [];
        SysResult listed = tree.List(path, entries);
        names = entries.ConvertAll(static entry => entry.Name);
        reason = listed.Ok ? "" : listed.Error.Describe();
        return listed.Ok;
    }

    public PathKind KindOf(string path) => !tree.Look(path, out FileStatus status).Ok ? PathKind.Missing : status.Kind switch
    {
        FileKind.Regular => PathKind.Regular,
        FileKind.Directory => PathKind.Directory,
        FileKind.Missing => PathKind.Missing,
        _ => PathKind.Other,
    };

    public bool IsExecutable(string path, out string reason)
    {
        SysResult looked = tree.Look(path, out FileStatus status);
        reason = !looked.Ok ? looked.Error.Describe()
            : status.Kind != FileKind.Regular ? "not a regular file"
            : (status.Mode & 0x49) == 0 ? Errno.EACCES.Describe() : "";
        return reason.Length == 0;
    }

    public UserEntry? FindUser(string name) => User(Users.Find(user => user[0] == name));

    public UserEntry? FindUser(uint uid) => User(Users.Find(user => user[2] == uid.ToString(CultureInfo.InvariantCulture)));

    public GroupEntry? FindGroup(string name) =>
        Groups.Find(group => group[0] == name) is { } found && TryNumber(found[2], out uint gid) ? new GroupEntry(name, gid) : null;

    public IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid) =>
        [gid, .. Groups.Where(group => group.Length > 3 && group[3].Split(',').Contains(userName) && TryNumber(group[2], out _)).Select(Number)];

    public uint FindInterface(string name) => machine.FindInterface(name);

    public IReadOnlyList<IpAddress> Resolve(string hostName) => machine.Resolve(hostName);

    public bool HasEnvironmentVariable(string name) => machine.HasEnvironmentVariable(name);

    private List<string[]> Users => _users ??= Lines("/etc/passwd");

    private List<string[]> Groups => _groups ??= Lines("/etc/group");

    private static UserEntry? User(string[]? words) =>
        words is { Length: > 3 } && TryNumber(words[2], out uint uid) && TryNumber(words[3], out uint gid) ? new UserEntry(words[0], uid, gid) : null;

    private static uint Number(string[] group) => TryNumber(group[2], out uint gid) ? gid : 0;

    private static bool TryNumber(string word, out uint number) => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // passwd(5), group(5): what has no number in its third place is no entry.
    private List<string[]> Lines(string path)
    {
        tree.Read(path, XinetdFile.LargestFile, out byte[] bytes);
        return [.. Encoding.Latin1.GetString(bytes).Split('\n').Select(static line => line.Split(':')).Where(static words => words.Length > 2)];
    }
}
