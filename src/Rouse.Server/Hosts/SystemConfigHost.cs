using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Hosts;

/// <summary>
/// This machine, as one reading of a configuration asks for it. A thousand services ask for the same few users and programs: each answer is
/// kept for as long as the object lives, so that it is to be made anew for each reading.
/// </summary>
public sealed class SystemConfigHost : IConfigHost
{
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);

    private readonly Dictionary<string, UserEntry?> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GroupEntry?> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _programs = new(StringComparer.Ordinal);
    private readonly (string Path, string Text)? _embedded;

    /// <param name="embedded">A configuration that is part of the program, and the name that it answers to.</param>
    public SystemConfigHost((string Path, string Text)? embedded = null)
    {
        _embedded = embedded;
        foreach (string word in ThisProcess.Environment())
        {
            int equals = word.IndexOf('=');
            _variables.Add(equals < 0 ? word : word[..equals]);
        }
    }

    public bool TryReadFile(string path, out byte[] bytes, out string reason)
    {
        if (_embedded is { } embedded && embedded.Path == path)
        {
            bytes = SourceFile.Encode(embedded.Text);
            reason = "";
            return true;
        }

        SysResult result = Files.Read(path, out bytes);
        reason = result.Ok ? "" : result.Error.Describe();
        return result.Ok;
    }

    public bool TryListDirectory(string path, out IReadOnlyList<string> names, out string reason)
    {
        SysResult result = Files.List(path, out List<string> found);
        names = found;
        reason = result.Ok ? "" : result.Error.Describe();
        return result.Ok;
    }

    public PathKind KindOf(string path) => Files.KindOf(path) switch
    {
        FileKind.Regular => PathKind.Regular,
        FileKind.Directory => PathKind.Directory,
        FileKind.Missing => PathKind.Missing,
        _ => PathKind.Other,
    };

    public bool IsExecutable(string path, out string reason)
    {
        if (!_programs.TryGetValue(path, out string? known))
        {
            SysResult result = Files.MayExecute(path);
            known = !result.Ok ? result.Error.Describe() : Files.KindOf(path) == FileKind.Regular ? "" : "not a regular file";
            _programs.Add(path, known);
        }

        reason = known;
        return reason.Length == 0;
    }

    public UserEntry? FindUser(string name)
    {
        if (!_users.TryGetValue(name, out UserEntry? known))
        {
            known = Entry(Users.Find(name));
            _users.Add(name, known);
        }

        return known;
    }

    public UserEntry? FindUser(uint uid) => Entry(Users.Find(uid));

    public GroupEntry? FindGroup(string name)
    {
        if (!_groups.TryGetValue(name, out GroupEntry? known))
        {
            known = Users.FindGroup(name) is uint gid ? new GroupEntry(name, gid) : null;
            _groups.Add(name, known);
        }

        return known;
    }

    public IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid) => Users.GroupsOf(userName, gid);

    public IReadOnlyList<IpAddress> Resolve(string hostName)
    {
        List<IpAddress> addresses = [];
        foreach (SocketAddress address in HostNames.Resolve(hostName))
        {
            addresses.Add(new IpAddress(address.Address));
        }

        return addresses;
    }

    public uint FindInterface(string name) => Interfaces.IndexOf(name);

    public bool HasEnvironmentVariable(string name) => _variables.Contains(name);

    private static UserEntry? Entry(PasswordEntry? entry) => entry is null ? null : new UserEntry(entry.Name, entry.Uid, entry.Gid);
}
